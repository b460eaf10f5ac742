"""Numbers of a run that devices and times are compared by, one value a cycle.

Level means (a visit each), switching voltages, the window R_first − R_last of each cycle, and TMR
and the fields of a minor loop.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..levels.find import Level, find_levels, level_of_readings
from ..minor_loop import measure_minor_loop
from ..run_points import pulsed_points
from ..switching.voltages import critical_voltage, find_switches, first_arrivals
from .run import ComparedRun, difference_ci


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a run: `kind` and what of it ("level 2"), its unit, estimate and single values.

    `values` are those of the cycles; a minor loop has one. They are known to within a `step`, as
    that of a ladder's amplitudes.
    """

    kind: str
    of: str
    unit: str
    estimate: Estimate
    values: tuple[float, ...]
    step: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.of}" if self.of else self.kind


def quantities_of(run: ComparedRun) -> tuple[Quantity, ...]:
    """Return what a run of pulses or loops has; raises AnalysisError if it has none of them."""
    points = run.points
    if (points["phase"] == Phase.LOOP).any():
        return tuple(_of_a_loop(points))
    levels = find_levels(points, run.wanted)
    return (*_of_levels(points, levels), *_of_switches(points, levels))


def _of_a_loop(points: pd.DataFrame) -> Iterator[Quantity]:
    loop = measure_minor_loop(points)
    for kind, unit, estimate in (
        ("TMR", "", loop.tmr_ratio),
        ("Resistance, parallel", "Ω", loop.parallel),
        ("Resistance, antiparallel", "Ω", loop.antiparallel),
        ("Coercive field", "T", loop.coercive_field),
        ("Centre of the loop", "T", loop.offset),
    ):
        if np.isfinite(estimate.value):
            yield Quantity(kind, "", unit, estimate, (estimate.value,))


def _of_levels(points: pd.DataFrame, levels: tuple[Level, ...]) -> Iterator[Quantity]:
    pulsed = pulsed_points(points)
    table = pulsed.assign(level=level_of_readings(pulsed, levels))
    means = table.groupby(["cycle", "level"])["resistance_ohm"].mean().unstack()
    for number, level in enumerate(levels):
        values = means[number].dropna() if number in means else pd.Series(dtype=float)
        estimate = level.resistance_ohm
        yield Quantity("Resistance", f"level {number}", "Ω", estimate, tuple(values))
    window = means.max(axis=1) - means.min(axis=1)
    first, last = levels[0].resistance_ohm, levels[-1].resistance_ohm
    yield Quantity("Resistance window", "", "Ω", difference_ci(first, last), tuple(window))


def _of_switches(points: pd.DataFrame, levels: tuple[Level, ...]) -> Iterator[Quantity]:
    try:
        switches = find_switches(points, levels)
    except AnalysisError:  # no amplitude rises
        return
    for phase in dict.fromkeys(switch.phase for switch in switches):
        for level in range(len(levels)):
            found = critical_voltage(switches, level, phase)
            if found is None:
                continue
            values = tuple(first_arrivals(switches, level, phase).values())
            step = max(switch.step_V for switch in switches if switch.phase == phase)
            name = f"{phase} to level {level}"
            yield Quantity("Switching voltage", name, "V", found.voltage_V, values, step)
