"""Quantities of a device at rest, and of arrays: read noise, retention, the outcome of writing."""

import numpy as np

from ...storage import Phase
from ..calibration.readings import check_near
from ..errors import AnalysisError
from ..intervals import mean_ci
from ..lifetime.decays import decays_of
from ..lifetime.waits import TOLERANCE
from ..read_noise import measure_read_noise
from ..writing.outcome import measure_write_outcome
from .criterion import Criterion
from .measured import Measured, OtherKindError
from .run_results import RunResults


def read_noise(run: RunResults, _: Criterion) -> Measured:
    """Return σ_R/R of the readings without pulses of the first cycle that has any."""
    series = run.points[run.points["phase"] == Phase.READ]
    if series.empty or run.writes_array:
        raise OtherKindError("no series of readings without pulses")
    first = series[series["cycle"] == series["cycle"].min()]
    return Measured(
        measure_read_noise(first).relative_std_ci, remedy="a longer series narrows the interval"
    )


def retention(run: RunResults, criterion: Criterion) -> Measured:
    """Return the mean lifetime of a level in readings without pulses, as `dwmtj retention` does.

    A level is left at a change by `TOLERANCE`, or by half the distance to the next level where
    that is less. Raises AnalysisError where escapes have no constant rate.
    """
    if run.writes_array or not run.has_phase(Phase.READ):
        raise OtherKindError("no readings without pulses")
    levels = run.levels_of_readings
    check_near(run.points, levels)
    number = run.level_number(criterion, levels)
    means_ohm = np.array([level.mean_ohm for level in levels])
    tolerance = float(min(TOLERANCE, (-np.diff(means_ohm) / means_ohm[:-1]).min() / 2))
    mine = [
        decay
        for decay in decays_of(run.points, tolerance)
        if int(np.abs(means_ohm - decay.waits.level_ohm).argmin()) == number
    ]
    if not mine:
        raise AnalysisError(f"The wall was not in level {number} at any reading without a pulse.")
    decay = max(mine, key=lambda one: float(one.waits.held_s.sum()))
    if not decay.fits:
        raise AnalysisError(
            f"Level {number} is left without a jump that lasts, which is no escape."
            if decay.waits.crept
            else f"Level {number} is not left at a constant rate (p = {decay.constancy:.1g})."
        )
    return Measured(decay.lifetime_s, observed_s=float(decay.waits.held_s.sum()))


def write_yield(run: RunResults, _: Criterion) -> Measured:
    _require_array(run)
    found = measure_write_outcome(run.points)
    return Measured(found.yield_, remedy="more devices narrow the interval")


def pulses_per_device(run: RunResults, _: Criterion) -> Measured:
    _require_array(run)
    found = measure_write_outcome(run.points)
    pulses = found.pulses[found.pulsed].astype(float)
    if not len(pulses):
        raise AnalysisError("No device received a pulse.")
    return Measured(mean_ci(pulses), remedy="more devices narrow the interval")


def _require_array(run: RunResults) -> None:
    if not (run.writes_array and "target" in run.points):
        raise OtherKindError("no array that was written")
