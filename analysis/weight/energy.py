"""Heat of a run's pulses in the track: of each pulse, and of each move from level to level.

    E = V² (T − (rise + fall)/6)/R,

V the amplitude at the device as it was applied, T the width at half maximum, rise and fall from 0
to 100 % (a protocol's edges are those from 10 % to 90 %, 0.8 of it), R the track's resistance. It
assumes that R is constant: neither heating nor the pulse itself changes it, and no line between the
generator and the track takes a share. What the instruments and the magnet use is not in it. A move
costs all pulses since the level was entered, those that failed included; the pulses of a visit that
the run's end or a saturation cut short belong to no move.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtr

from ...arrays import Floats, Ints
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import TAIL
from ..levels.find import Level, level_of_readings
from ..levels.visits import sequence_starts
from ..run_points import pulsed_points
from ..update import pulse_energy_J

EDGE_SHARE = 0.8  # of an edge, between 10 % and 90 %


@dataclass(frozen=True, slots=True)
class Track:
    """What pulses pass: the track's resistance (ohm), and the edges of the pulses (10–90 %, s)."""

    resistance_ohm: float
    rise_s: float = 0.0
    fall_s: float = 0.0
    source: str = "given"

    def energies_J(self, amplitude_V: Floats, width_s: Floats) -> Floats:
        """Return the heat of each pulse; raises AnalysisError for widths shorter than the edges."""
        edges = self.rise_s / EDGE_SHARE, self.fall_s / EDGE_SHARE
        shortest = float(width_s.min())
        per_volt = pulse_energy_J(1.0, shortest, self.resistance_ohm, *edges)  # checks
        return np.asarray(amplitude_V**2 * (per_volt + (width_s - shortest) / self.resistance_ohm))


@dataclass(frozen=True, slots=True)
class Moves:
    """Heat and number of pulses of each move, and the levels it led from and to; shape (n,)."""

    energy_J: Floats
    pulses: Ints
    before: Ints
    after: Ints


@dataclass(frozen=True, slots=True)
class UpdateEnergy:
    """Heat of each pulse, with its amplitude, and of each move."""

    track: Track
    pulse_J: Floats
    amplitude_V: Floats
    moves: Moves


def measure_update_energy(
    points: pd.DataFrame, levels: Sequence[Level], track: Track
) -> UpdateEnergy:
    """Return the heat of every pulse and of every move between levels.

    Raises AnalysisError if the run has no pulses, or pulses without a width.
    """
    points = points.reset_index(drop=True)
    pulsed = pulsed_points(points)
    fired = points[points["amplitude_V"].notna()]
    if "pulse_width_s" not in fired or not (fired["pulse_width_s"] > 0).all():
        raise AnalysisError("Some pulses have no width, so their energy is unknown.")
    volts = fired["amplitude_V"].to_numpy(dtype=float)
    width_s = fired["pulse_width_s"].to_numpy(dtype=float)
    pulse_J = track.energies_J(volts, width_s)
    moves = _moves(fired, pulsed, level_of_readings(pulsed, levels), pulse_J)
    return UpdateEnergy(track, pulse_J, volts, moves)


def median_ci(values: Floats) -> Estimate:
    """Return the median with the order statistics around it, 95 % or more for any distribution.

    Unbounded for fewer than six values. Source: Conover, Practical Nonparametric Statistics, 3.2.
    """
    ordered = np.sort(values)
    count = len(ordered)
    median = float(np.median(ordered)) if count else float("nan")
    below = 0
    while below < count // 2 and float(bdtr(below, count, 0.5)) <= TAIL:
        below += 1
    if not below:
        return Estimate(median, -np.inf, np.inf)
    return Estimate(median, float(ordered[below - 1]), float(ordered[count - below]))


def _moves(fired: pd.DataFrame, pulsed: pd.DataFrame, level: Ints, pulse_J: Floats) -> Moves:
    """Return the moves; a pulse whose reading was left out has heated the track, too."""
    one = pulsed["sequence"].nunique() == 1
    sequence = [np.zeros(len(fired))] if one else [fired["cycle"], fired["phase"]]
    heat = pd.Series(pulse_J, fired.index).groupby(sequence)
    spent_J = heat.cumsum()[pulsed.index].to_numpy(dtype=float)
    spent_pulses = 1 + heat.cumcount()[pulsed.index].to_numpy(dtype=np.int64)
    at = 1 + np.flatnonzero((level[1:] != level[:-1]) & ~sequence_starts(pulsed)[1:])
    first = np.diff(pulsed["sequence"].to_numpy()[at], prepend=-1) != 0  # move of its sequence
    before_J = np.where(first, 0.0, spent_J[np.roll(at, 1)])
    before_pulses = np.where(first, 0, spent_pulses[np.roll(at, 1)])
    energy_J = np.asarray(spent_J[at] - before_J, dtype=float)
    pulses = np.asarray(spent_pulses[at] - before_pulses, dtype=np.int64)
    return Moves(energy_J, pulses, level[at - 1], level[at])
