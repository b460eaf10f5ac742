"""Quantities of a device at rest, and of arrays: read noise, retention, the outcome of writing."""

from ...storage import Phase
from ..calibration.readings import check_near
from ..errors import AnalysisError
from ..intervals import mean_ci
from ..read_noise import measure_read_noise
from ..retention import measure_retention
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
    """Return the mean lifetime of a level in readings without pulses."""
    if run.writes_array or not run.has_phase(Phase.READ):
        raise OtherKindError("no readings without pulses")
    check_near(run.points, run.levels_of_readings)
    level = criterion.level or 0
    for found in measure_retention(run.points, run.levels_of_readings):
        if found.level == level:
            return Measured(found.mean_lifetime_s, observed_s=found.observation_time_s)
    raise AnalysisError(f"The wall was not in level {level} at any reading without a pulse.")


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
