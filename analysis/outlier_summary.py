"""The outliers of a run in words: of each kind how many, in which cycles, and how large."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arrays import Floats
from .outliers import BURNT, LADDER_APART, UNFORMED, Kinds


@dataclass(frozen=True, slots=True)
class Outliers:
    """Outliers of one kind: how many, the smallest and largest of them (ohm), and in which cycles.

    `cycles` are the first and the last one, counted from 0; None where they are of no interest.
    """

    kind: str
    readings: int
    least_ohm: float
    most_ohm: float
    cycles: tuple[int, int] | None = None

    def __str__(self) -> str:
        least, most = f"{self.least_ohm:.4g}", f"{self.most_ohm:.4g}"
        span = least if least == most else f"{least} to {most}"
        count = f"{self.readings} reading{'s' * (self.readings > 1)}, {span} Ω"
        return f"{self.kind}{self._when} ({count})"

    @property
    def _when(self) -> str:
        if self.cycles is None:
            return ""
        first, last = (cycle + 1 for cycle in self.cycles)
        return f" in cycle {first}" if first == last else f" in cycles {first} to {last}"


def left_out(outliers: Iterable[Outliers]) -> str:
    """Return the sentence that names the outliers; cycles are counted from 1."""
    return f"Left out as outliers: {', '.join(map(str, outliers))}."


def outliers_by_kind(
    resistance_ohm: Floats, kinds: Kinds, cycle: npt.NDArray[np.int64]
) -> tuple[Outliers, ...]:
    """Return the outliers of readings (n,), by kind in order of their first appearance."""
    return tuple(
        _of_kind(str(kind), resistance_ohm[mine], cycle[mine])
        for kind in pd.unique(kinds)
        if kind is not None
        for mine in [kinds == kind]
    )


def _of_kind(kind: str, resistance_ohm: Floats, cycle: npt.NDArray[np.int64]) -> Outliers:
    lasts = kind in (BURNT, LADDER_APART, UNFORMED)
    return Outliers(
        kind,
        len(resistance_ohm),
        float(resistance_ohm.min()),
        float(resistance_ohm.max()),
        (int(cycle.min()), int(cycle.max())) if lasts else None,
    )
