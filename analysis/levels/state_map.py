"""The state-distribution map: how likely each level is after a pulse of each amplitude.

Shares carry exact binomial intervals. A level that no cycle was found in at an amplitude has
share 0 and an interval that still reaches up to what that few cycles can exclude; cycles that ended
early are absent from the amplitudes they did not fire.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...arrays import Floats
from ..intervals import proportion_ends
from ..run_points import pulsed_points
from .find import Level, level_of_readings


@dataclass(frozen=True, slots=True)
class StateMap:
    """P(level | amplitude) of one phase, a row per amplitude (V), a column per level.

    `trials` (amplitudes,) is how many pulses each row rests on, `hits` (amplitudes, levels) how
    many ended in each level; `share`, `low`, `high` have the shape of `hits`. `never_reached` are
    the levels that the phase did not show at all: of those only `high` is known.
    """

    phase: str
    amplitudes_V: Floats
    trials: npt.NDArray[np.int64]
    hits: npt.NDArray[np.int64]
    share: Floats
    low: Floats
    high: Floats

    @property
    def never_reached(self) -> tuple[int, ...]:
        return tuple(int(level) for level in np.flatnonzero(self.hits.sum(axis=0) == 0))


def state_maps(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[StateMap, ...]:
    """Return the map of every phase of a run's pulsed points, in order of appearance."""
    pulsed = pulsed_points(points)
    index = level_of_readings(pulsed, levels)
    amplitude = pulsed["amplitude_V"].to_numpy(dtype=float)
    phase, names = pd.factorize(pulsed["phase"])
    return tuple(
        _map(str(name), amplitude[phase == number], index[phase == number], len(levels))
        for number, name in enumerate(names)
    )


def _map(phase: str, amplitude_V: Floats, index: npt.NDArray[np.intp], levels: int) -> StateMap:
    amplitudes, row = np.unique(amplitude_V, return_inverse=True)
    cells = np.bincount(row * levels + index, minlength=len(amplitudes) * levels)
    hits = cells.reshape(len(amplitudes), levels)
    trials = hits.sum(axis=1)
    low, high = proportion_ends(hits, trials[:, None])
    return StateMap(phase, amplitudes, trials, hits, hits / trials[:, None], low, high)
