"""Random transitions of very many devices, in chunks that fit a processor cache."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...arrays import Floats
from ..errors import AnalysisError
from .transitions import cumulated

Indices = npt.NDArray[np.int8]
Rows = npt.NDArray[np.intp]

_CHUNK = 1 << 15
_MOST_CELLS = 1 << 20
_TOLERANCE_V = 1e-9


@dataclass(frozen=True, slots=True)
class Ladders:
    """Transitions of one polarity: `amplitudes_V` (n,) rising, `matrices` (n, levels, levels)."""

    amplitudes_V: Floats
    matrices: Floats

    def rung(self, amplitude_V: Floats) -> Rows:
        """Return the largest calibrated amplitude not above each magnitude, −1 below the first.

        Raises AnalysisError above the last.
        """
        highest = float(self.amplitudes_V[-1])
        if not (amplitude_V <= highest + _TOLERANCE_V).all():
            raise AnalysisError(
                f"The model is calibrated up to {highest:g} V; {np.max(amplitude_V):g} V is not "
                "within it."
            )
        edges = self.amplitudes_V - _TOLERANCE_V
        step = float(np.diff(edges, prepend=0.0).min())
        if highest > step * _MOST_CELLS:
            return np.asarray(np.searchsorted(edges, amplitude_V, side="right") - 1)
        # Much faster than a search: a cell is no wider than a step, so it holds one edge at most.
        starts = np.arange(int(highest / step) + 2) * step
        cells = np.searchsorted(edges, starts, side="right") - 1
        rung = cells[(amplitude_V / step).astype(np.int32)]
        rung += amplitude_V >= np.append(edges, np.inf)[rung + 1]
        return np.asarray(rung)


def choose(rows: Floats, row: npt.NDArray[np.integer], rng: np.random.Generator) -> Indices:
    """Draw from the distribution rows[row[i]] for every i; the shape is that of `row`."""
    flat, edges = row.reshape(-1), _edges(rows)
    chosen = np.zeros(flat.size, dtype=np.int8)
    for part in _parts(flat.size):
        _draw(edges, flat[part].astype(np.intp), rng, chosen[part])
    return chosen.reshape(row.shape)


def choose_each(
    ladders: Mapping[int, Ladders], level: Indices, amplitude_V: Floats, rng: np.random.Generator
) -> Indices:
    """Draw the level of every device after a pulse of its own amplitude; shape of `level`.

    `ladders` are those of each sign that occurs; a pulse acts as the ladder up to it.
    """
    if not ladders:
        return level.copy()
    levels = next(iter(ladders.values())).matrices.shape[-1]
    tables = {sign: cumulated(one.matrices).reshape(-1, levels) for sign, one in ladders.items()}
    edges = _edges(np.concatenate([np.eye(levels), *tables.values()]))
    before, amplitude = level.reshape(-1), amplitude_V.reshape(-1)
    chosen = np.zeros(before.size, dtype=np.int8)
    for part in _parts(before.size):
        row, offset = before[part].astype(np.intp), 0
        for sign, one in ladders.items():
            acts = sign * amplitude[part] > 0
            rung = one.rung(np.where(acts, np.abs(amplitude[part]), 0.0))
            row += np.where(acts & (rung >= 0), (offset + 1 + rung) * levels, 0)
            offset += len(one.matrices)
        _draw(edges, row, rng, chosen[part])
    return chosen.reshape(level.shape)


def _parts(size: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]


def _edges(rows: Floats) -> npt.NDArray[np.float32]:
    """Return the cumulative distribution of each row without its last value, (levels − 1, rows)."""
    return np.ascontiguousarray(np.cumsum(rows, axis=1)[:, :-1].T, dtype=np.float32)


def _draw(
    edges: npt.NDArray[np.float32], row: Rows, rng: np.random.Generator, into: Indices
) -> None:
    dice = rng.random(row.size, dtype=np.float32)
    for edge in edges:
        into += dice >= edge[row]
