"""The frozen share of a calibrated device, from trains of equal pulses beside its ladders."""

from collections.abc import Sequence

from ..errors import AnalysisError
from ..levels.find import Level
from ..state_model.additions import with_frozen_share
from ..state_model.model import StateModel
from ..switching.frozen_share import has_pulse_trains, measure_frozen_share
from ..switching.probability import threshold_between
from .conditions import shape_s, steady_field_T
from .runs import CalibrationRun, source_of
from .state_sequences import concatenated

METHOD = "correlated probit of trains of equal pulses, interval by profile likelihood"


def without_trains(
    pulsed: Sequence[CalibrationRun],
) -> tuple[list[CalibrationRun], list[CalibrationRun]]:
    """Return runs with ladders, and trains of equal pulses beside them.

    Repeated equal pulses are no ladder. Trains of a device that has no other run are left among the
    ladders: they are all there is of its levels.
    """
    is_train = [_is_train(run) for run in pulsed]
    measured = {run.device for run, train in zip(pulsed, is_train, strict=True) if not train}
    ladders: list[CalibrationRun] = []
    beside: list[CalibrationRun] = []
    for run, train in zip(pulsed, is_train, strict=True):
        (beside if train and run.device in measured else ladders).append(run)
    return ladders, beside


def add_frozen_share(
    model: StateModel,
    ladders: Sequence[CalibrationRun],
    trains: Sequence[CalibrationRun],
    levels: Sequence[Level],
) -> StateModel:
    """Return the model of one device with the frozen share of its trains, unchanged without any.

    Raises AnalysisError, naming the runs, for other pulses or another field than those of the
    ladders, and for trains that do not determine a share or do not follow the law.
    """
    if not trains:
        return model
    shape_s([*ladders, *trains])
    steady_field_T([*ladders, *trains], 1)
    where = ", ".join(run.where for run in trains)
    try:
        threshold_ohm = threshold_between(levels, model.saturated_level or 0)
        found = measure_frozen_share(concatenated(trains), threshold_ohm)
    except AnalysisError as error:
        raise AnalysisError(f"{where}: {error}") from error
    if not found.fits:
        raise AnalysisError(
            f"{where}: the trains do not follow the law of a frozen share (χ² p = "
            f"{found.p_value:.2g}), as a device that drifts does not; calibrate without them."
        )
    return with_frozen_share(model, found, source_of(trains, METHOD, ""))


def _is_train(run: CalibrationRun) -> bool:
    columns = {"amplitude_V", "phase", "cycle"}
    return columns <= set(run.points.columns) and has_pulse_trains(run.points)
