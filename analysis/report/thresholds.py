"""The tables of an adaptive threshold and of the frozen share of its spread."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd

from ...thresholds.result import ThresholdResult
from ..formatting import format_interval
from ..levels.find import Level
from ..switching.adaptive_threshold import measure_adaptive_threshold
from ..switching.frozen_share import FrozenShare, measure_frozen_share
from ..switching.probability import threshold_between
from .table import Table

ADAPTIVE, REPEATED = "Adaptive threshold", "Repeated pulses"
COLUMNS = ("quantity", "value")


def adaptive_table(points: pd.DataFrame, parameters: Mapping[str, Any]) -> Table:
    """Return the table of an adaptive-threshold run; raises AnalysisError."""
    found = measure_adaptive_threshold(points, parameters)
    rows = (
        ("V_C of a single pulse (V)", _threshold(found, parameters)),
        ("σ (V)", format_interval(*found.sigma_V) if found.is_determined else "not determined"),
        ("trials that count", f"{found.trials} of {found.cycles}"),
        ("that moved the wall", str(found.moved)),
        ("lapses (%)", f"{found.lapse[1] * 100:.0f} to {found.lapse[2] * 100:.0f}"),
        ("p of the law", "too few trials" if isnan(found.p_value) else f"{found.p_value:.2g}"),
    )
    return Table(ADAPTIVE, COLUMNS, rows, _remarks(found))


def frozen_table(points: pd.DataFrame, levels: Sequence[Level]) -> Table:
    """Return the table of trains of equal pulses; raises AnalysisError."""
    found = measure_frozen_share(points, threshold_between(levels))
    share = ("frozen share of the spread", format_interval(*_ends(found)))
    trains = (
        (
            f"moved at {one.amplitude_V:g} V (%)",
            f"{one.moved_by_first * 100:.0f} by the first pulse, {one.moved_by_all * 100:.0f} by "
            f"{one.pulses}, of {one.trains} trains",
        )
        for one in found.trains
    )
    law = "" if found.fits else "The trains do not follow the law: the share means nothing."
    return Table(REPEATED, COLUMNS, (share, *trains), (law,) * bool(law))


def _threshold(found: ThresholdResult, parameters: Mapping[str, Any]) -> str:
    """Return V_C, or the end of the amplitudes that it lies beyond, as no pulse differed."""
    if found.is_determined:
        return format_interval(*found.threshold_V)
    if found.trials and found.moved == 0:
        return f"above {parameters['amplitude_stop_V']:g}"
    if found.trials and found.moved == found.trials:
        return f"below {parameters['amplitude_start_V']:g}"
    return "not determined"


def _remarks(found: ThresholdResult) -> tuple[str, ...]:
    if found.is_determined:
        return (f"V_C: {found.remark}.",) * bool(found.remark)
    return (f"V_C is not determined: {found.reason}.",)


def _ends(found: FrozenShare) -> tuple[float, float, float]:
    return found.share.value, found.share.low, found.share.high
