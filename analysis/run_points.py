"""Validated points of a run, as every analysis needs them.

Each function returns valid points, or raises AnalysisError with a sentence on what is wrong with
the run.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..arrays import Floats, Ints
from ..storage import Phase
from .errors import AnalysisError
from .outlier_summary import Outliers, outliers_by_kind
from .outliers import (
    BURNT,
    FEW_SHARE,
    OVERFLOW_OHM,
    Kinds,
    outlier_kinds,
)

MARK = "mark"
READ_COLUMNS = ("cycle", "phase", "amplitude_V", "resistance_ohm")
IDENTITIES = {"device": "devices", "device_id": "devices", "device_name": "devices"}


class ImpossibleResistanceError(AnalysisError):
    """More resistances are zero or less than outliers would be."""


def require(points: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise AnalysisError unless all columns exist and all points are of one device."""
    missing = [column for column in columns if column not in points]
    if missing:
        raise AnalysisError(
            f"The points have no column {', '.join(missing)}; name the columns when you import."
        )
    for column, kind in IDENTITIES.items():
        if column in points and points[column].nunique() > 1:
            raise AnalysisError(
                f"The points come from {points[column].nunique()} {kind}; analyse one at a time."
            )


def unmarked(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points without those whose mark says that the reading is not to be trusted."""
    return points[points[MARK].isna()] if MARK in points else points


def pulsed_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return the unmarked points with a sound reading after a pulse, by cycle and phase.

    Outliers are left out (see `outliers`). The column `sequence` numbers the uninterrupted series
    of pulses; single pulses of alternating sign, as for endurance, are one series. Raises
    AnalysisError for fewer than two such points, or if more than half of the readings are missing.
    """
    return screened_points(points)[0]


def screened_points(points: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Outliers, ...]]:
    """Return the `pulsed_points`, and the readings that they leave out as outliers, by kind."""
    pulsed = _finite_pulsed(points)
    kinds = _kinds(pulsed)
    if kinds is None:
        return pulsed, ()
    resistance, cycle = pulsed["resistance_ohm"].to_numpy(dtype=float), pulsed["cycle"].to_numpy()
    return pulsed[pd.isna(kinds)], outliers_by_kind(resistance, kinds, cycle)


def pulses_as_read(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points as `pulsed_points` orders them, impossible resistances among them."""
    pulsed = _finite_pulsed(points, possible=False)
    return pulsed[pulsed["resistance_ohm"].abs() < OVERFLOW_OHM]


def before_burning(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points with NaN for each resistance read after the junction burnt."""
    pulsed = _finite_pulsed(points.reset_index(drop=True))
    kinds = _kinds(pulsed)
    if kinds is None or BURNT not in kinds:
        return points
    resistance = points["resistance_ohm"].to_numpy(dtype=float).copy()
    resistance[pulsed.index[kinds == BURNT]] = np.nan
    return points.assign(resistance_ohm=resistance)


def _finite_pulsed(points: pd.DataFrame, *, possible: bool = True) -> pd.DataFrame:
    require(points, READ_COLUMNS)
    points = unmarked(points)
    amplitude, resistance = (
        points[column].to_numpy(dtype=float) for column in ("amplitude_V", "resistance_ohm")
    )
    good = np.isfinite(amplitude) & np.isfinite(resistance)
    fired = len(points) - int(np.isnan(amplitude).sum())
    if good.sum() < 0.5 * fired:
        raise AnalysisError(
            f"{fired - good.sum()} of {fired} readings after pulses are not numbers; "
            f"check the contacts and measure again."
        )
    if good.sum() == 1:
        raise AnalysisError(
            "The run has a single reading after a pulse; analyse a staircase, cycling or ramp run."
        )
    if good.sum() < 2:
        raise AnalysisError(
            "The run has no readings after pulses; analyse a staircase, cycling or ramp run."
        )
    pulsed = points[good]
    negative = int((pulsed["resistance_ohm"] <= 0).sum())
    if possible and negative > FEW_SHARE * len(pulsed):
        raise ImpossibleResistanceError(
            f"{negative} of {len(pulsed)} resistances are zero or less, which no junction has; "
            "check the wiring."
        )
    starts = _stretches(pulsed)
    number = pulsed.iloc[starts].groupby(["cycle", "phase"], sort=False).ngroup().to_numpy()
    sequence = np.repeat(number, np.diff(np.r_[starts, len(pulsed)]))
    ordered: pd.DataFrame = pulsed.assign(sequence=sequence)
    if (np.diff(number) < 0).any():
        ordered = ordered.iloc[np.argsort(sequence, kind="stable")]
    return ordered.assign(sequence=0) if _alternates(ordered, points) else ordered


def _stretches(points: pd.DataFrame) -> Ints:
    """Return where stretches of points of one cycle and phase begin, in the order of the points."""
    cycle, phase = points["cycle"].to_numpy(), pd.factorize(points["phase"])[0]
    return np.flatnonzero(np.r_[True, (cycle[1:] != cycle[:-1]) | (phase[1:] != phase[:-1])])


def _alternates(pulsed: pd.DataFrame, points: pd.DataFrame) -> bool:
    """Return True for single pulses of both signs with nothing between them."""
    single = len(pulsed) < 2 * (int(pulsed["sequence"].max()) + 1)
    both = (pulsed["amplitude_V"] > 0).any() and (pulsed["amplitude_V"] < 0).any()
    return bool(single and both and points["amplitude_V"].notna().all())


def _kinds(pulsed: pd.DataFrame) -> Kinds | None:
    """Return the kind of outlier that each reading is, None where there are no outliers."""
    phase = pd.factorize(pulsed["phase"])[0].astype(np.int64)
    resistance = pulsed["resistance_ohm"].to_numpy(dtype=float)
    size = pulsed["amplitude_V"].abs().to_numpy(dtype=float)
    sequence = pulsed["sequence"].to_numpy()
    starts = np.flatnonzero(np.r_[True, np.diff(sequence) != 0])
    are_ladders = bool(
        (np.maximum.reduceat(size, starts) > np.minimum.reduceat(size, starts)).all()
    )
    return outlier_kinds(resistance, sequence, phase, are_ladders=are_ladders)


def reads_between_pulses(points: pd.DataFrame) -> bool:
    """Return True if a cycle fires pulses after a reading of the phase read.

    Such readings, as of a file with several readings of each pulse, are no series at rest.
    """
    if "amplitude_V" not in points:
        return False
    seen = (points["phase"] == Phase.READ).groupby(points["cycle"]).cummax()
    return bool((seen & points["amplitude_V"].notna()).any())


def missing_readings(points: pd.DataFrame) -> int:
    """Return the number of pulses without a finite reading after them, marked ones not counted."""
    fired = unmarked(points[points["amplitude_V"].notna()])
    return int((~np.isfinite(fired["resistance_ohm"].to_numpy(dtype=float))).sum())


def incomplete_cycles(points: pd.DataFrame) -> tuple[int, ...]:
    """Return the cycles that ended before the largest amplitude of their phase was fired, or, in a
    run of trains of equal pulses, before as many pulses as the longest train has.

    An aborted run leaves such cycles; a transition missing in one means nothing.
    """
    fired = points[points["amplitude_V"].notna()]
    if fired.empty:
        return ()
    starts = _stretches(fired)
    size = fired["amplitude_V"].abs().to_numpy(dtype=float)
    series = (
        fired[["cycle", "phase"]]
        .iloc[starts]
        .assign(
            largest=np.maximum.reduceat(size, starts),
            smallest=np.minimum.reduceat(size, starts),
            pulses=np.diff(np.r_[starts, len(size)]),
        )
        .groupby(["cycle", "phase"])
    )
    largest, smallest = series["largest"].max().unstack(), series["smallest"].min().unstack()
    equal_pulses = ((largest == smallest) | largest.isna()).all(axis=None)
    if equal_pulses:  # trains, of which the longest is complete
        largest = series["pulses"].sum().unstack()
    short = (largest < largest.max() - 1e-9) | largest.isna()
    return tuple(int(cycle) for cycle in short.index[short.any(axis=1)])


def readings_without_pulses(points: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return times (s) and resistances of unmarked readings without pulses, in order of time.

    Where the run has a phase "read", only its readings count: before it, the field was moved or
    pulses were fired. Raises AnalysisError for fewer than two, or if any is not a number.
    """
    require(points, ("time_s", "resistance_ohm"))
    points = unmarked(points)
    quiet = points[points["amplitude_V"].isna()] if "amplitude_V" in points else points
    if "phase" in quiet and (quiet["phase"] == Phase.READ).any():
        quiet = quiet[quiet["phase"] == Phase.READ]
    time, resistance = (
        quiet[column].to_numpy(dtype=float) for column in ("time_s", "resistance_ohm")
    )
    if len(time) < 2:
        raise AnalysisError("The run has no series of readings without pulses; read repeatedly.")
    if not (np.isfinite(time).all() and np.isfinite(resistance).all()):
        raise AnalysisError(
            "Some readings of the series are not numbers; a spectrum or a retention needs them all."
        )
    order = np.argsort(time, kind="stable")
    return time[order], resistance[order]


def series_without_pulses(points: pd.DataFrame) -> tuple[tuple[Floats, Floats], ...]:
    """Return the `readings_without_pulses` of each cycle; gaps between cycles are not observed.

    Raises AnalysisError as that does.
    """
    if "cycle" not in points:
        return (readings_without_pulses(points),)
    return tuple(readings_without_pulses(part) for _, part in points.groupby("cycle", sort=True))
