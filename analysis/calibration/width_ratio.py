"""The width ratio of a calibrated device: depinning thresholds against positions of the wall."""

from collections.abc import Sequence

from ..errors import AnalysisError
from ..levels.find import Level
from ..minor_loop import measure_minor_loop
from ..state_model.additions import with_metaplasticity
from ..state_model.model import StateModel
from ..switching.width_ratio import depinning_voltages
from .runs import CalibrationRun, source_of
from .state_sequences import concatenated


def with_width_ratio(
    model: StateModel,
    pulsed: Sequence[CalibrationRun],
    loops: Sequence[CalibrationRun],
    levels: Sequence[Level],
) -> StateModel:
    """Return a model of one device with w1/w2, unchanged if too few levels were left for a line.

    Raises AnalysisError, naming the run, for an invalid minor loop.
    """
    extremes_ohm = _extremes_ohm(loops[-1]) if loops else None
    try:
        found = depinning_voltages(concatenated(pulsed), levels, extremes_ohm=extremes_ohm)
    except AnalysisError:
        return model
    method = "line through the depinning thresholds against the wall's position"
    if found.with_injection:
        method += ", the injection at the contact standing in for a notch"
    return with_metaplasticity(model, found.fit, source_of([*pulsed, *loops[-1:]], method, ""))


def _extremes_ohm(loop: CalibrationRun) -> tuple[float, float]:
    try:
        found = measure_minor_loop(loop.points)
    except AnalysisError as error:
        raise AnalysisError(f"{loop.where}: {error}") from error
    return found.antiparallel_ohm, found.parallel_ohm
