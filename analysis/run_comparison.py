"""Compares the points of two runs of one protocol: digit by digit, and beyond read noise.

The read noise is taken from the runs themselves: between two readings without a switching event the
relative change of the resistance is noise, so its median absolute value is 0.6745 √2 σ. Valid while
more than half of the pulses move nothing. A point differs beyond noise if its two resistances
differ by more than z √2 σ, where noise alone makes any of the n points do so in 5 % of all
comparisons (Bonferroni).
"""

from collections.abc import Hashable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from ..arrays import Floats

MEDIAN_OF_NORMAL = 0.6744897501960817
FALSE_ALARMS = 0.05
FEWEST_CHANGES = 8
UNCOMPARED = frozenset({"attempt"})

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PointDifference:
    """The first column in which a point differs, with both values."""

    point: int
    phase: str
    cycle: int
    amplitude_V: float | None
    column: str
    recorded: object
    repeated: object


@dataclass(frozen=True, slots=True)
class PhaseComparison:
    """How many points of a phase differ; differences of resistance are relative magnitudes."""

    phase: str
    points: int
    differing: int
    beyond_noise: int
    median: float
    largest: float


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs side by side; `relative_noise` is σ of a reading, None if it cannot be told."""

    recorded_points: int
    repeated_points: int
    phases: tuple[PhaseComparison, ...]
    first: PointDifference | None
    first_beyond_noise: PointDifference | None
    relative_noise: float | None

    @property
    def identical(self) -> bool:
        """True where every point has every value to the last digit."""
        return self.first is None and self.recorded_points == self.repeated_points


def compare_runs(recorded: pd.DataFrame, repeated: pd.DataFrame) -> RunComparison:
    """Compare points in the order they were measured, as far as both runs go."""
    count = min(len(recorded), len(repeated))
    ours, theirs = recorded.iloc[:count], repeated.iloc[:count]
    differs = _differing(ours, theirs)
    relative = _relative_difference(ours, theirs)
    noise = _relative_noise(recorded, repeated)
    opened = ours["resistance_ohm"].isna().to_numpy() != theirs["resistance_ohm"].isna().to_numpy()
    beyond = opened | (relative > _threshold(noise, count))
    if noise is None:
        beyond = opened | (relative > 0)
    return RunComparison(
        recorded_points=len(recorded),
        repeated_points=len(repeated),
        phases=_phases(ours, differs.any(axis=1).to_numpy(), beyond, relative),
        first=_first(ours, theirs, differs, differs.any(axis=1).to_numpy()),
        first_beyond_noise=_first(ours, theirs, differs[["resistance_ohm"]], beyond),
        relative_noise=noise,
    )


def _differing(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return for each point and column of either run whether the values are not the same."""
    columns = [name for name in dict.fromkeys((*ours, *theirs)) if name not in UNCOMPARED]
    differs = {name: ~_same(ours, theirs, name) for name in columns}
    return pd.DataFrame(differs, index=ours.index)


def _same(ours: pd.DataFrame, theirs: pd.DataFrame, name: Hashable) -> Truths:
    if name not in ours or name not in theirs:
        return np.zeros(len(ours), dtype=bool)
    one, other = ours[name].to_numpy(), theirs[name].to_numpy()
    missing = pd.isna(one) & pd.isna(other)
    return np.asarray((one == other) | missing, dtype=bool)


def _relative_difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> Floats:
    one, other = (frame["resistance_ohm"].to_numpy(dtype=float) for frame in (ours, theirs))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: Floats = np.abs(other - one) / np.abs((one + other) / 2)
    return np.where(np.isnan(relative), 0.0, relative)


def _relative_noise(*runs: pd.DataFrame) -> float | None:
    changes = [
        np.abs(np.diff(np.log(np.abs(readings[readings != 0]))))
        for readings in (run["resistance_ohm"].dropna().to_numpy(dtype=float) for run in runs)
    ]
    together = np.concatenate(changes)
    if len(together) < FEWEST_CHANGES or not np.median(together) > 0:
        return None
    return float(np.median(together)) / (MEDIAN_OF_NORMAL * sqrt(2))


def _threshold(noise: float | None, count: int) -> float:
    if noise is None or not count:
        return 0.0
    return float(norm.isf(FALSE_ALARMS / 2 / count)) * sqrt(2) * noise


def _phases(
    ours: pd.DataFrame, differs: Truths, beyond: Truths, relative: Floats
) -> tuple[PhaseComparison, ...]:
    phase = ours["phase"].astype(str).to_numpy()
    return tuple(
        PhaseComparison(
            phase=name,
            points=int((phase == name).sum()),
            differing=int(differs[phase == name].sum()),
            beyond_noise=int(beyond[phase == name].sum()),
            median=float(np.median(relative[phase == name])),
            largest=float(relative[phase == name].max()),
        )
        for name in dict.fromkeys(phase)
    )


def _first(
    ours: pd.DataFrame, theirs: pd.DataFrame, differs: pd.DataFrame, marked: Truths
) -> PointDifference | None:
    if not marked.any():
        return None
    row = int(np.argmax(marked))
    point = ours.iloc[row]
    names = differs.columns[differs.iloc[row]]
    name = names[0] if len(names) else "resistance_ohm"
    amplitude = point["amplitude_V"]
    return PointDifference(
        point=int(ours.index[row]),
        phase=str(point["phase"]),
        cycle=int(point["cycle"]),
        amplitude_V=None if pd.isna(amplitude) else float(amplitude),
        column=str(name),
        recorded=point.get(name),
        repeated=theirs.iloc[row].get(name),
    )
