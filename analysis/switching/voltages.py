"""Switching voltages of each transition, their variation, and the number of levels crossed.

A ramp shows the first amplitude at or beyond the switching voltage. V_C is therefore taken half a
step below it. Where V_C scatters by much less than a step, all cycles show the same amplitude and
their mean may be wrong by up to half a step, for which the interval allows (see `intervals`). The
standard deviation is corrected for the step (Sheppard: σ² = S² − s²/12); where it is less than
`COARSE` steps its interval is that of values in few steps (see `coarse_steps`). Source: Kendall &
Stuart, The Advanced Theory of Statistics 1, §3.18.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import pandas as pd
from scipy.special import chdtri, ndtr

from ...arrays import Floats
from ...storage import Phase
from ..estimate import Estimate
from ..intervals import TAIL, proportion_ci, stepped_mean_ci, symmetric_interval
from ..levels.find import Level, level_of_readings
from ..levels.visits import sequence_starts
from ..physical import cut_at_zero
from ..run_points import pulsed_points
from .coarse_steps import std_ends_on_steps

COARSE = 1.0


@dataclass(frozen=True, slots=True)
class SwitchingEvent:
    """One change of level within a cycle, from level `before` to level `after` (indices).

    `amplitude_V` is the first amplitude beyond the switching voltage (signed), `step_V` how far
    (magnitude) it lies beyond the pulse before; 0 after a pulse that was as large or of other sign,
    which leaves the switching voltage open.
    """

    cycle: int
    phase: str
    before: int
    after: int
    amplitude_V: float
    step_V: float = 0.0

    @property
    def levels_crossed(self) -> int:
        """Distance of the two levels, 1 for neighbours."""
        return abs(self.after - self.before)

    @property
    def voltage_V(self) -> float:
        """Magnitude of the switching voltage: half a step below the first amplitude beyond."""
        return abs(self.amplitude_V) - self.step_V / 2


@dataclass(frozen=True, slots=True)
class CriticalVoltage:
    """The switching voltage (magnitude) of one transition over the cycles, in volts.

    `variation` is the synapse paper's var = 2 · (max − min) / mean of these cycles, a fraction; it
    grows with their number. `expected_variation` is its expectation for as many cycles of this
    device, with its interval.
    """

    voltage_V: Estimate
    sigma_V: Estimate
    variation: float
    expected_variation: Estimate
    step_V: float
    cycles: int

    @property
    def mean_V(self) -> float:
        return self.voltage_V.value

    @property
    def std_V(self) -> float:
        return self.sigma_V.value


def find_switches(points: pd.DataFrame, levels: Sequence[Level]) -> tuple[SwitchingEvent, ...]:
    """Return every change of level after a pulse, in order of time."""
    pulsed = pulsed_points(points)
    index = level_of_readings(pulsed, levels)
    amplitude = pulsed["amplitude_V"].to_numpy(dtype=float)
    rise = np.abs(np.diff(amplitude, prepend=0.0)) * (np.diff(np.abs(amplitude), prepend=0.0) > 0)
    rise[np.sign(amplitude) != np.sign(np.r_[0.0, amplitude[:-1]])] = 0.0
    at = 1 + np.flatnonzero((index[1:] != index[:-1]) & ~sequence_starts(pulsed)[1:])
    columns = (
        pulsed["cycle"].to_numpy()[at].tolist(),
        pulsed["phase"].iloc[at].tolist(),
        index[at - 1].tolist(),
        index[at].tolist(),
        amplitude[at].tolist(),
        rise[at].tolist(),
    )
    return tuple(SwitchingEvent(*values) for values in zip(*columns, strict=True))


def first_arrivals(
    switches: Sequence[SwitchingEvent], level: int, phase: str | None = None
) -> dict[int, float]:
    """Return for each cycle that reaches `level` the switching voltage (magnitude, V) it needs."""
    return _voltages(first_switches(switches, level, phase))


def critical_voltage(
    switches: Sequence[SwitchingEvent], level: int, phase: str | None = None
) -> CriticalVoltage | None:
    """Return the voltage at which each cycle first arrives in `level`, whichever way it comes.

    None if none does by a pulse above the one before. See `routes` where it has two humps.
    """
    firsts = first_switches(switches, level, phase)
    firsts = {cycle: switch for cycle, switch in firsts.items() if switch.step_V > 0}
    if not firsts:
        return None
    step_V = float(np.median([switch.step_V for switch in firsts.values()]))
    return voltage_statistics(np.array(list(_voltages(firsts).values())), step_V)


def voltage_statistics(voltage_V: Floats, step_V: float) -> CriticalVoltage:
    """Return mean, spread and variation of switching voltages found with steps of `step_V`."""
    count, mean = len(voltage_V), float(voltage_V.mean())
    rounding = step_V**2 / 12
    variation = 2 * float(np.ptp(voltage_V)) / mean if mean else inf
    if count < 2:
        unknown = Estimate(0.0, 0.0, inf)
        return CriticalVoltage(
            cut_at_zero(symmetric_interval(mean, inf)), unknown, variation, unknown, step_V, count
        )
    square = float(voltage_V.var(ddof=1))
    true_square = max(0.0, square - rounding)
    sum_of_squares = max(square, rounding) * (count - 1)
    low, high = (
        sqrt(max(0.0, sum_of_squares / float(chdtri(count - 1, p)) - rounding))
        for p in (TAIL, 1 - TAIL)
    )
    if square < (COARSE * step_V) ** 2:
        low, high = std_ends_on_steps(voltage_V, step_V)
    sigma = Estimate(sqrt(true_square), min(low, sqrt(true_square)), high)
    usual = 2 * _expected_range(count) / mean if mean else inf
    expected = Estimate(sigma.value * usual, sigma.low * usual, sigma.high * usual)
    return CriticalVoltage(
        cut_at_zero(stepped_mean_ci(voltage_V, step_V)),
        sigma,
        variation,
        expected,
        step_V,
        count,
    )


def expected_variation(found: CriticalVoltage, cycles: int) -> Estimate:
    """Return the var expected of so many cycles of this device, for normal scatter."""
    if not found.mean_V:
        return Estimate(inf, 0.0, inf)
    usual, sigma = 2 * _expected_range(cycles) / found.mean_V, found.sigma_V
    return Estimate(sigma.value * usual, sigma.low * usual, sigma.high * usual)


def levels_crossed_shares(
    switches: Sequence[SwitchingEvent], phase: str | None = None
) -> Mapping[int, Estimate]:
    """Return, for each number of levels crossed in one pulse, its share of the switches."""
    crossed = [switch.levels_crossed for switch in switches if phase in (None, switch.phase)]
    return {
        count: proportion_ci(crossed.count(count), len(crossed)) for count in sorted(set(crossed))
    }


def one_step_resets(
    switches: Sequence[SwitchingEvent], levels: Sequence[Level], phase: str = Phase.RESET
) -> Estimate:
    """Return the share of cycles whose reset goes from the last level to the first in one pulse.

    A cycle without any switch in `phase` does not count; the value is NaN if none is left.
    """
    moves: dict[int, list[tuple[int, int]]] = {}
    for switch in switches:
        if switch.phase == phase:
            moves.setdefault(switch.cycle, []).append((switch.before, switch.after))
    last = len(levels) - 1
    return proportion_ci(sum(path == [(last, 0)] for path in moves.values()), len(moves))


def first_switches(
    switches: Sequence[SwitchingEvent], level: int, phase: str | None = None
) -> dict[int, SwitchingEvent]:
    """Return for each cycle that reaches `level` the switching event that first brings it there."""
    firsts: dict[int, SwitchingEvent] = {}
    for switch in switches:
        if switch.after == level and phase in (None, switch.phase):
            firsts.setdefault(switch.cycle, switch)
    return firsts


def _voltages(firsts: Mapping[int, SwitchingEvent]) -> dict[int, float]:
    return {cycle: switch.voltage_V for cycle, switch in firsts.items()}


def _expected_range(count: int) -> float:
    """Return the mean range of `count` standard normal values, ∫ 1 − Φⁿ − (1−Φ)ⁿ."""
    x = np.linspace(-8.0, 8.0, 4001)
    inside = ndtr(x)
    return float(np.trapezoid(1 - inside**count - (1 - inside) ** count, x))
