"""Trials, judgement and prior of a stored run, from its points and parameters."""

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from .posterior import Prior
from .trials import Judgement, Trial, TrialReading, trial_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("cycle", "phase", "amplitude_V", "resistance_ohm")


def prior_of(parameters: Mapping[str, Any]) -> Prior:
    """Return the prior of a run's parameters."""
    names = ("amplitude_start_V", "amplitude_stop_V", "interval_V")
    return Prior(*(float(parameters[name]) for name in names))


def judgement_of(parameters: Mapping[str, Any]) -> Judgement:
    """Return what decides the trials of a run with these parameters."""
    upper_ohm = float(parameters["upper_ohm"])
    return Judgement(
        float(parameters["threshold_ohm"]), float(parameters["margin_ohm"]), upper_ohm or inf
    )


def trials_of(points: "pd.DataFrame", judgement: Judgement) -> tuple[Trial, ...]:
    """Return a trial for each cycle of a run's points, columns as in `Store.points`."""
    rows = points[list(COLUMNS)].astype({"resistance_ohm": float, "amplitude_V": float})
    cycles: dict[int, list[TrialReading]] = {}
    for cycle, phase, amplitude_V, resistance_ohm in rows.itertuples(index=False):
        fired = None if amplitude_V != amplitude_V else float(amplitude_V)
        read = None if resistance_ohm != resistance_ohm else float(resistance_ohm)
        cycles.setdefault(int(cycle), []).append(TrialReading(str(phase), fired, read))
    return tuple(trial_of(cycles[cycle], judgement) for cycle in sorted(cycles))
