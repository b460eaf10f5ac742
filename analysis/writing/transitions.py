"""Transition tables for writing: a pulse on walls that have withstood others without moving.

A wall at level i that has withstood pulses up to V_w of one polarity, hit by one of V_a of the same
polarity, moves as under the amplitudes between them, one after the other:

    B[w, a] = M_{w+1} · … · M_a,   the identity for a ≤ w

(`dwmtj.analysis.state_model.transitions`, with its assumption: every visit has a threshold of its
own, so a pulse that failed fails again, and polarities are independent). A wall that moves has
withstood the pulse that moved it, and none of the other polarity. Devices depart from this where
thresholds are sharp and thermal activation decides over escape: repeated pulses then succeed where
the tables exclude it, and writing takes fewer pulses than expected.

Where the ladders measured from level i ended below the largest amplitude, the walls still there are
assumed to leave at that amplitude, to where the last observed ones went (Efron's tail: Proc. 5th
Berkeley Symp. 4, 831 (1967)). Walls observed to withstand it do so. Amplitudes at which nothing
moves act like the next smaller ones, and are not offered.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ...arrays import Floats
from ..errors import AnalysisError
from ..state_model.draws import Ladders
from ..state_model.model import Pulses, StateModel
from ..state_model.sampling import SampledDevice
from ..state_model.transitions import maximum_likelihood

MAX_AMPLITUDES = 64
"""Largest number of amplitudes of one polarity; of more, an evenly spaced selection is offered."""
_TOLERANCE_V = 1e-9


@dataclass(frozen=True, slots=True)
class PulseHistory:
    """Largest magnitudes (V) of each polarity that walls have withstood since they arrived.

    Arrays of the shape of the devices; 0 for a wall that has withstood no pulse.
    """

    positive_V: Floats
    negative_V: Floats

    @classmethod
    def empty(cls, shape: int | tuple[int, ...] = ()) -> Self:
        """Return the history of walls just saturated, or of unknown history."""
        return cls(np.zeros(shape), np.zeros(shape))

    def after(self, amplitude_V: npt.ArrayLike, moved: npt.ArrayLike) -> Self:
        """Return the history after one pulse on each wall (signed, 0 for none), `moved` or not."""
        amplitude = np.asarray(amplitude_V, dtype=float)
        fired_V, left = np.abs(amplitude), np.asarray(moved, dtype=bool)
        sides = []
        for sign, before_V in ((1, self.positive_V), (-1, self.negative_V)):
            kept_V = np.where(left, 0.0, before_V)
            sides.append(np.where(sign * amplitude > 0, np.maximum(kept_V, fired_V), kept_V))
        return type(self)(*sides)


@dataclass(frozen=True, slots=True)
class TransitionTables:
    """Transition probabilities under pulses of one polarity.

    `amplitudes_V` (n,) are rising magnitudes. `probabilities` has the shape (n + 1, n, levels,
    levels): [w, a] is B of the module for a wall that has withstood the first w amplitudes, under
    amplitude number a.
    """

    amplitudes_V: Floats
    probabilities: Floats

    def rung(self, withstood_V: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return the number of amplitudes not above each magnitude withstood."""
        withstood = np.asarray(withstood_V, dtype=float) + _TOLERANCE_V
        return np.asarray(np.searchsorted(self.amplitudes_V, withstood, side="right"))


def transition_tables(model: StateModel) -> tuple[TransitionTables, TransitionTables]:
    """Return the tables of positive and of negative pulses for the measured device.

    Raises AnalysisError where a polarity was not measured, or never moved the wall.
    """
    return _measured_table(model, "positive"), _measured_table(model, "negative")


def transition_tables_of(
    device: SampledDevice, offered: tuple[TransitionTables, TransitionTables], name: str
) -> tuple[TransitionTables, TransitionTables]:
    """Return the tables of the amplitudes offered for another device of the same model."""
    found = []
    for ladders, polarity, like in zip(
        (device.positive, device.negative), ("positive", "negative"), offered, strict=True
    ):
        assert ladders is not None, f"{name} has {polarity} pulses"
        found.append(_table(ladders, ladders.rung(like.amplitudes_V)))
    return found[0], found[1]


def saturated_level(model: StateModel) -> int:
    """Return the level after saturation; raises AnalysisError if no run of the model saturated."""
    if model.saturated_level is None:
        raise AnalysisError(
            f"The model {model.name} has no level after saturation: calibrate "
            "it from a staircase-write, repeated-ramp or write-reset-cycling run, too."
        )
    return model.saturated_level


def _measured_table(model: StateModel, polarity: str) -> TransitionTables:
    measured = next((one for one in model.pulses if one.polarity == polarity), None)
    ladders = None if measured is None else _with_tails(measured)
    if ladders is None or not len(offered := _offered(ladders)):
        what = "has no" if ladders is None else "has no wall moved by"
        raise AnalysisError(
            f"The model {model.name} {what} {polarity} pulses, and writing needs both polarities, "
            "to bring back a wall that went too far: calibrate it from write-reset-cycling runs "
            "that stop at every level."
        )
    return _table(ladders, offered)


def _with_tails(pulses: Pulses) -> Ladders:
    """Return the maximum-likelihood ladders with Efron's tail at the largest amplitude."""
    counts, matrices = np.array(pulses.counts), maximum_likelihood(pulses)
    for level in range(counts.shape[-1]):
        moved = counts[:, level].copy()
        moved[:, level] = 0
        seen = np.flatnonzero(moved.sum(axis=1))
        if len(seen) and not counts[-1, level].any():
            matrices[-1, level] = moved[seen[-1]] / moved[seen[-1]].sum()
    return Ladders(np.array(pulses.amplitudes_V), matrices)


def _offered(ladders: Ladders) -> npt.NDArray[np.intp]:
    """Return the rungs at which anything moves, or `MAX_AMPLITUDES` of them, and the largest."""
    stays = np.eye(ladders.matrices.shape[-1])
    found = np.flatnonzero((ladders.matrices != stays).any(axis=(1, 2)))
    if len(found) > MAX_AMPLITUDES:
        found = found[np.linspace(0, len(found) - 1, MAX_AMPLITUDES).round().astype(int)]
    return np.union1d(found, len(ladders.matrices) - 1) if len(found) else found


def _table(ladders: Ladders, rungs: npt.NDArray[np.intp]) -> TransitionTables:
    """Return the table of these rungs alone; those between them act with the next one."""
    levels, count = ladders.matrices.shape[-1], len(rungs)
    steps = np.empty((count, levels, levels))
    first = 0
    for number, rung in enumerate(rungs):
        product = np.eye(levels)
        for matrix in ladders.matrices[first : rung + 1]:
            product = product @ matrix
        steps[number], first = product, int(rung) + 1
    table = np.tile(np.eye(levels), (count + 1, count, 1, 1))
    for withstood in range(count):
        product = np.eye(levels)
        for number in range(withstood, count):
            product = product @ steps[number]
            table[withstood, number] = product
    return TransitionTables(ladders.amplitudes_V[rungs], table)
