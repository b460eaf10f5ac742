"""The published numbers of both synapses beside those of the runs just measured.

A number is held to the spread the paper prints. Where it prints none, the spread is half a unit of
its last digit; for var (a range over n cycles) it is twice the sampling deviation of the range of
n normal values, 23 % of it for 13 cycles and 52 % for 3.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ...analysis import (
    CriticalVoltage,
    Level,
    MinorLoop,
    critical_voltage,
    find_levels,
    find_switches,
    first_arrivals,
    measure_minor_loop,
)
from ...storage import Phase
from .comparison import Row


def trapezoid_rows(
    loop_points: pd.DataFrame,
    write_points: pd.DataFrame,
    cycling_points: pd.DataFrame,
    junction_area_m2: float,
) -> list[Row]:
    """Compare a trapezoidal synapse: minor loop, write cycles, write/reset cycles."""
    levels = find_levels(write_points)
    switches = find_switches(write_points, levels)
    rows = [
        *_loop_rows(measure_minor_loop(loop_points), 54, 60, junction_area_m2),
        _plain("Extreme states apart, written", 33, 1, levels[0].mean_ohm - levels[-1].mean_ohm),
        _count("Levels while writing (saturated + 3)", 4, len(levels)),
        *_level_rows(levels[1:], [(93.3, 1.1), (76.1, 0.4), (67.1, 0.3)]),
    ]
    by_first = max(first_arrivals(switches, 1).values(), default=float("nan"))
    rows.append(
        Row("First notch reached by", "1.5 V, every cycle", f"{by_first:.2f} V", by_first <= 1.5)
    )
    rows += _voltage_rows("V_C to 76 Ω", 3.0, 2.5, critical_voltage(switches, 2))
    rows += _voltage_rows("V_C to 67 Ω", 3.5, 5.7, critical_voltage(switches, 3))
    return rows + _reset_rows(cycling_points)


def straight_rows(
    loop_points: pd.DataFrame, ramp_points: pd.DataFrame, junction_area_m2: float
) -> list[Row]:
    """Compare a straight synapse: minor loop and repeated ramps."""
    loop = measure_minor_loop(loop_points)
    levels = find_levels(ramp_points)
    paper = [(1061.0, 1.1), (1043.3, 2.6), (989.0, 2.1), (929.5, 0.8), (913.1, 0.4)]
    switches = find_switches(ramp_points, levels)
    hops = [switch.levels_crossed for switch in switches]
    several = sum(hop > 1 for hop in hops)
    return [
        *_loop_rows(loop, 16, 380, junction_area_m2),
        _plain("Extreme states apart", 150, 5, loop.range_ohm),
        _count("Levels", 5, len(levels)),
        *_level_rows(levels, paper),
        Row(
            "Several notches in one pulse",
            "at random",
            f"{several} of {len(hops)} switches",
            0 < several < len(hops),
        ),
    ]


@cache
def range_deviation(count: int) -> float:
    """Return the standard deviation of the range of `count` ≥ 2 normal values, over its mean.

    The range R exceeds r with probability 1 − n∫φ(x)[Φ(x + r) − Φ(x)]ⁿ⁻¹dx; its moments are
    ⟨R⟩ = ∫P(R > r)dr and ⟨R²⟩ = 2∫r P(R > r)dr.
    """
    x, r = np.linspace(-8.0, 8.0, 801), np.linspace(0.0, 12.0, 601)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    others_within = (ndtr(x + r[:, None]) - ndtr(x)) ** (count - 1)
    exceeds = 1.0 - count * np.trapezoid(density * others_within, x, axis=1)
    mean = np.trapezoid(exceeds, r)
    mean_square = 2 * np.trapezoid(r * exceeds, r)
    return float(np.sqrt(mean_square - mean**2) / mean)


def _reset_rows(cycling_points: pd.DataFrame) -> list[Row]:
    levels = find_levels(cycling_points)
    resets = [s for s in find_switches(cycling_points, levels) if s.phase == Phase.RESET]
    cycles = int(cycling_points["cycle"].nunique())
    last = len(levels) - 1
    one_step = sum((s.before, s.after) == (last, 0) for s in resets)
    return [
        Row(
            "Reset in one step",
            "every cycle",
            f"{one_step} of {cycles} cycles",
            one_step == cycles == len(resets),
        ),
        *_voltage_rows("V_C of the reset", 3.7, 1.35, critical_voltage(resets, 0, Phase.RESET)),
    ]


def _loop_rows(
    loop: MinorLoop, tmr_percent: float, ra_ohm_um2: float, junction_area_m2: float
) -> list[Row]:
    ra_here = loop.resistance_area_ohm_m2(junction_area_m2) * 1e12
    return [
        _plain("TMR (minor loop)", tmr_percent, 0.5, loop.tmr * 100, "%"),
        _plain("RA (minor loop)", ra_ohm_um2, 5, ra_here, "Ω µm²"),
        Row(
            "Centre of the minor loop",
            "−4 mT",
            f"{loop.offset_T * 1e3:.1f} mT".replace("-", "−"),
            _near_bias(loop),
        ),
    ]


def _near_bias(loop: MinorLoop) -> bool:
    return abs(loop.offset_T + 4e-3) <= 1e-3


def _level_rows(levels: Sequence[Level], paper: Sequence[tuple[float, float]]) -> list[Row]:
    rows = []
    for mean, spread in paper:
        if not levels:
            rows.append(Row(f"Level {mean:g} Ω", f"{mean} ± {spread} Ω", "not seen", False))
            continue
        level = min(levels, key=lambda level: abs(level.mean_ohm - mean))
        here = f"{level.mean_ohm:.1f} ± {level.std_ohm:.1f} Ω"
        within = abs(level.mean_ohm - mean) <= spread
        rows.append(Row(f"Level {mean:g} Ω", f"{mean} ± {spread} Ω", here, within))
    return rows


def _voltage_rows(
    name: str, mean_V: float, variation_percent: float, here: CriticalVoltage | None
) -> list[Row]:
    if here is None:
        return [Row(name, f"{mean_V} V", "not seen", False)]
    mean = _plain(name, mean_V, 0.05, here.mean_V, "V", digits=2)
    if here.cycles < 2:
        return [mean, Row(f"var of {name}", f"{variation_percent} %", "one cycle only", False)]
    spread = 2 * range_deviation(here.cycles) * variation_percent
    return [
        mean,
        _plain(f"var of {name}", variation_percent, spread, here.variation * 100, "%"),
    ]


def _plain(
    name: str, paper: float, spread: float, here: float, unit: str = "Ω", digits: int = 1
) -> Row:
    return Row(name, f"{paper:g} {unit}", f"{here:.{digits}f} {unit}", abs(here - paper) <= spread)


def _count(name: str, paper: int, here: int) -> Row:
    return Row(name, str(paper), str(here), paper == here)
