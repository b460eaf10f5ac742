"""Runs to compare, and the difference of two estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

import pandas as pd

from ..errors import AnalysisError
from ..estimate import Estimate
from ..levels.grouping.given import Wanted


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One run: points (columns as in `Store.points`) and what it was measured with.

    `wanted` gives the number of its levels, or their resistances (ohm), by hand.
    """

    points: pd.DataFrame = field(repr=False)
    device: str
    run: int = 0
    protocol: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    wanted: Wanted | None = None

    @property
    def name(self) -> str:
        return f"run {self.run}, {self.device}"


def difference_ci(after: Estimate, before: Estimate) -> Estimate:
    """Return after − before for independent estimates, from the distances to their ends (MOVER).

    Unbounded if either is. Source: Zou & Donner, Stat. Med. 27, 1693 (2008).
    """
    value = after.value - before.value
    low = value - hypot(after.value - after.low, before.high - before.value)
    high = value + hypot(after.high - after.value, before.value - before.low)
    return Estimate(value, low, high)


def joined(runs: Sequence[ComparedRun]) -> pd.DataFrame:
    """Return the points of runs on one device, their cycles counted on from run to run.

    Raises AnalysisError for runs on several devices.
    """
    devices = sorted({run.device for run in runs})
    if len(devices) > 1:
        raise AnalysisError(
            f"The runs are of {len(devices)} devices ({', '.join(devices)}): give runs of one."
        )
    frames, first = [], 0
    for run in runs:
        frame = run.points.assign(run=run.run, cycle=run.points["cycle"] + first)
        first = int(frame["cycle"].max()) + 1 if len(frame) else first
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
