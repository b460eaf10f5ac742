"""Quantities of a loop of the field: TMR, resistances, resistance-area product, fields."""

from collections.abc import Callable
from math import hypot

from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import symmetric_interval
from ..minor_loop import MinorLoop
from .criterion import Criterion
from .measured import Measured
from .run_results import RunResults

SMALLER_STEPS = "smaller steps of the field, or more loops, narrow the interval"
MORE_READINGS = "more readings at the ends of the loop narrow the interval"


def of_loop(
    find: Callable[[MinorLoop], Estimate], remedy: str
) -> Callable[[RunResults, Criterion], Measured]:
    """Return the measurement of a quantity that the minor loop holds."""

    def measure(run: RunResults, _: Criterion) -> Measured:
        return Measured(find(run.loop), remedy=remedy)

    return measure


def loop_height(run: RunResults, _: Criterion) -> Measured:
    high, low = run.loop.antiparallel, run.loop.parallel
    half = hypot(high.high - high.value, low.high - low.value)
    return Measured(symmetric_interval(high.value - low.value, half), remedy=MORE_READINGS)


def resistance_area(run: RunResults, _: Criterion) -> Measured:
    """Return R of the parallel state times the area that the bench file gives."""
    parallel = run.loop.parallel
    area_m2 = run.of_device.get("junction_area_m2")
    if not area_m2:
        raise AnalysisError("The bench file of the run has no junction_area_m2.")
    product = (value * float(area_m2) for value in (parallel.value, parallel.low, parallel.high))
    return Measured(Estimate(*product), remedy=MORE_READINGS)
