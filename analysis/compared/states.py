"""TMR against bias, from current sweeps in both states of a junction.

A sweep belongs to the state of its resistance at low bias. TMR(V) = (R_AP − R_P)/R_P at the voltage
of each reading in the antiparallel state, R_P interpolated over its own voltages; readings at one
current are repeats, and TMR has Fieller's interval of their means. TMR(0) is that of a parabola
through the lowest `LOW_SHARE` of the bias, and V_half the first voltage of either sign at which
TMR(V) crosses half of it, with the interval of that crossing to first order. A sweep during which
the junction switched is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf, log, nan

import numpy as np
import pandas as pd

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import ratio_ci, symmetric_interval, t_quantile
from ..run_points import require, unmarked
from .run import ComparedRun

LOW_SHARE = 0.2  # of the largest bias
FEWEST_NEAR_ZERO = 8  # voltages of the parabola
LEAST_RATIO = 1.01  # between the states
APART = 5.0  # times what the sweeps of a state differ by


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep of the read current: its run and cycle, voltages, currents and resistances."""

    run: int
    cycle: int
    voltage_V: Floats
    current_A: Floats
    resistance_ohm: Floats

    def low_bias_ohm(self, half: slice = slice(None)) -> float:
        """Return the median resistance at low bias, of all the sweep or a part of it."""
        size = np.abs(self.voltage_V[half])
        low = size <= max(LOW_SHARE * np.abs(self.voltage_V).max(), np.sort(size)[:2].max())
        return float(np.median(self.resistance_ohm[half][low]))


@dataclass(frozen=True, slots=True)
class BiasDependence:
    """Sweeps by state, and TMR (a ratio) with its interval at rising voltages, shape (n,).

    `half_V` has V_half below and above zero, NaN where TMR stays above half. `switched` are the
    sweeps left out.
    """

    parallel: tuple[Sweep, ...]
    antiparallel: tuple[Sweep, ...]
    voltage_V: Floats
    tmr: tuple[Estimate, ...]
    zero_bias: Estimate
    half_V: tuple[Estimate, Estimate]
    switched: tuple[Sweep, ...]


def measure_bias_dependence(runs: Sequence[ComparedRun]) -> BiasDependence:
    """Return TMR against bias of one device; raises AnalysisError unless both states were swept."""
    sweeps = [sweep for run in runs for sweep in sweeps_of(run.points, run.run)]
    if len({run.device for run in runs}) > 1:
        raise AnalysisError("The runs are of several devices: give those of one junction.")
    edge = _between(sweeps)
    kinds: tuple[list[Sweep], list[Sweep], list[Sweep]] = ([], [], [])
    for sweep in sweeps:
        kinds[2 if _switches(sweep, edge) else sweep.low_bias_ohm() >= edge].append(sweep)
    low, high, switched = map(tuple, kinds)
    if not low or not high:
        raise AnalysisError(
            "Every sweep in one of the states switched the junction: sweep to a smaller current."
        )
    voltage_V, tmr = _tmr(low, high)
    zero_bias = _at_zero(voltage_V, tmr)
    half_V = (_half(voltage_V, tmr, zero_bias, -1), _half(voltage_V, tmr, zero_bias, 1))
    return BiasDependence(low, high, voltage_V, tmr, zero_bias, half_V, switched)


def sweeps_of(points: pd.DataFrame, run: int = 0) -> tuple[Sweep, ...]:
    """Return the sweeps of a run, one a cycle; raises AnalysisError if there are none."""
    columns = ("cycle", "phase", "voltage_V", "current_A", "resistance_ohm")
    require(points, columns)
    swept = unmarked(points[points["phase"] == Phase.IV])
    values = swept[["voltage_V", "current_A", "resistance_ohm"]].to_numpy(dtype=float)
    swept = swept[np.isfinite(values).all(axis=1)]
    found = tuple(
        Sweep(run, int(str(cycle)), *part[list(columns[2:])].to_numpy(dtype=float).T)
        for cycle, part in swept.groupby("cycle", sort=True)
        if len(part) > 1
    )
    if not found:
        raise AnalysisError("The run has no points of the phase iv; take it from an iv run.")
    return found


def _between(sweeps: Sequence[Sweep]) -> float:
    """Return the resistance between both states; raises AnalysisError if there is one state."""
    values = sorted(sweep.low_bias_ohm() for sweep in sweeps)
    if values[0] <= 0:
        raise AnalysisError("A sweep has a resistance of zero or less: check the wiring.")
    gaps = [log(high / low) for low, high in pairwise(values)]
    if gaps and max(gaps) > log(LEAST_RATIO):
        at = int(np.argmax(gaps))
        within = log(values[at] / values[0]), log(values[-1] / values[at + 1])
        if gaps[at] > APART * max(within):
            return float(np.sqrt(values[at] * values[at + 1]))
    raise AnalysisError(
        "The sweeps are of one state: sweep the junction parallel and antiparallel, and give both "
        "runs."
    )


def _switches(sweep: Sweep, edge_ohm: float) -> bool:
    """Return True if some part of the sweep lies in the other state at low bias."""
    quarter = max(1, len(sweep.voltage_V) // 4)
    ends = slice(0, quarter), slice(len(sweep.voltage_V) - quarter, None)
    middle = slice(quarter, len(sweep.voltage_V) - quarter)
    sides = {sweep.low_bias_ohm(part) < edge_ohm for part in (*ends, middle)}
    return len(sides) > 1


def _tmr(
    parallel: Sequence[Sweep], antiparallel: Sequence[Sweep]
) -> tuple[Floats, tuple[Estimate, ...]]:
    """Return TMR at the voltages of the antiparallel state that the parallel one reaches, too."""
    low, high = _means(parallel), _means(antiparallel)
    inside = (high["V"] >= low["V"].min()) & (high["V"] <= low["V"].max())
    found = []
    for row in high[inside].itertuples():
        R, error, count = (
            float(np.interp(row.V, low["V"], low[name])) for name in ("R", "error", "count")
        )
        covariance = np.diag([row.error**2, error**2])
        ratio = ratio_ci(row.R, R, covariance, min(row.count, count) - 1)
        found.append(Estimate(ratio.value - 1, ratio.low - 1, ratio.high - 1))
    if len(found) < 2:
        raise AnalysisError("The sweeps in both states have no voltages in common.")
    return high.loc[inside, "V"].to_numpy(dtype=float), tuple(found)


def _means(sweeps: Sequence[Sweep]) -> pd.DataFrame:
    """Return voltage, resistance, its standard error and count at each current, by voltage."""
    table = pd.DataFrame(
        {
            name: np.concatenate([getattr(sweep, field) for sweep in sweeps])
            for name, field in (("V", "voltage_V"), ("I", "current_A"), ("R", "resistance_ohm"))
        }
    )
    groups = table.groupby(table["I"].round(12))
    means = groups[["V", "R"]].mean()
    means["count"] = groups.size()
    means["error"] = groups["R"].std() / np.sqrt(means["count"])
    return means.sort_values("V")


def _at_zero(voltage_V: Floats, tmr: Sequence[Estimate]) -> Estimate:
    """Return the intercept of a parabola through TMR at low bias, with its t interval."""
    size = np.abs(voltage_V)
    order = np.argsort(size)
    count = max(int((size <= LOW_SHARE * size.max()).sum()), FEWEST_NEAR_ZERO)
    near = order[:count]
    values = np.array([tmr[at].value for at in near.tolist()])
    if len(near) < FEWEST_NEAR_ZERO:
        return tmr[int(order[0])]
    unit_V = float(size[near].max())
    design = np.vander(voltage_V[near] / unit_V, 3, increasing=True)
    parabola, *_ = np.linalg.lstsq(design, values, rcond=None)
    degrees = len(near) - 3
    variance = float(((values - design @ parabola) ** 2).sum()) / degrees
    error = float(np.sqrt(variance * np.linalg.pinv(design.T @ design)[0, 0]))
    return symmetric_interval(float(parabola[0]), t_quantile(degrees) * error)


def _half(voltage_V: Floats, tmr: Sequence[Estimate], zero_bias: Estimate, sign: int) -> Estimate:
    order = [at for at in np.argsort(sign * voltage_V).tolist() if sign * voltage_V[at] > 0]
    wanted = zero_bias.value / 2
    for before, after in pairwise(order):
        above, below = tmr[before], tmr[after]
        if above.value >= wanted > below.value:
            slope = (below.value - above.value) / (voltage_V[after] - voltage_V[before])
            crossing = float(voltage_V[before] + (wanted - above.value) / slope)
            error = hypot((below.high - below.low) / 2, (zero_bias.high - zero_bias.low) / 4)
            half = error / abs(slope) if np.isfinite(error) else inf
            return Estimate(crossing, crossing - half, crossing + half)
    return Estimate(nan, -inf, inf)
