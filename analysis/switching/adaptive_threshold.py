"""The result of an adaptive-threshold run, computed again from its stored points.

The trials are judged, and their posterior is computed, as the protocol did (`dwmtj.thresholds`).
What the run stored of each trial must be what its readings say.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...thresholds.result import ThresholdResult, posterior_of, result_of
from ...thresholds.stored import COLUMNS, judgement_of, prior_of, trials_of
from ..errors import AnalysisError
from ..run_points import require, unmarked

NEEDED = (
    "amplitude_start_V",
    "amplitude_stop_V",
    "interval_V",
    "threshold_ohm",
    "margin_ohm",
    "upper_ohm",
)


def is_adaptive(points: pd.DataFrame) -> bool:
    """Return True for the points of an adaptive-threshold run."""
    return {"moved", "V_C_V", "sigma_V"} <= set(points.columns)


def measure_adaptive_threshold(
    points: pd.DataFrame, parameters: Mapping[str, Any]
) -> ThresholdResult:
    """Return V_C and σ of a run with its parameters, or why V_C is not determined.

    Raises AnalysisError for the points or parameters of another protocol, and if what the run
    stored of its trials differs from what its readings say.
    """
    require(points, COLUMNS)
    missing = [name for name in NEEDED if name not in parameters]
    if missing or not is_adaptive(points):
        lacks = ", ".join(missing) or "moved"
        raise AnalysisError(
            f"The run has no {lacks}, which an adaptive threshold needs; analyse an "
            "adaptive-threshold run."
        )
    points = unmarked(points)
    trials = trials_of(points, judgement_of(parameters))
    _check_stored(points, [trial.moved for trial in trials])
    posterior = posterior_of(trials, prior_of(parameters))
    return result_of(posterior, trials, float(parameters.get("prepare_V", 0.0)))


def _check_stored(points: pd.DataFrame, moved: list[bool | None]) -> None:
    stored = points.groupby("cycle", sort=True)["moved"].agg(
        lambda column: column.dropna().tolist()
    )
    for (cycle, decided), found in zip(stored.items(), moved, strict=True):
        if decided != ([] if found is None else [found]):
            raise AnalysisError(
                f"Trial {cycle} was stored as {decided or 'undecided'} and its readings say "
                f"{found}: the points or the parameters have been changed."
            )
