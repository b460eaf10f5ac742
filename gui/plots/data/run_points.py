"""The points of one run, as plain arrays that grow."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ....arrays import Counts, Flags, Floats
from .growing import Growing

Codes = npt.NDArray[np.uint8]
MOST_PHASES = 255


class RunPoints:
    """Columns of a run's points in SI units, in the order in which they were measured.

    `phase` holds codes, indices of `phases`. `elapsed_s` is `time_s` without its fresh start at
    every attempt: a resumed run continues where the attempt before it ended.
    """

    columns: ClassVar = (
        "point",
        "cycle",
        "time_s",
        "amplitude_V",
        "field_T",
        "resistance_ohm",
        "phase",
        "marked",
    )

    def __init__(self) -> None:
        self._point: Growing[np.int64] = Growing(np.int64)
        self._cycle: Growing[np.int64] = Growing(np.int64)
        self._phase: Growing[np.uint8] = Growing(np.uint8)
        self._marked: Growing[np.bool_] = Growing(np.bool_)
        self._measured: dict[str, Growing[np.float64]] = {
            name: Growing(np.float64)
            for name in ("time_s", "amplitude_V", "field_T", "resistance_ohm", "elapsed_s")
        }
        self._attempt_began_s = 0.0
        self._last_time_s = 0.0
        self.phases: list[str] = []

    def __len__(self) -> int:
        return len(self._point)

    @property
    def point(self) -> Counts:
        return self._point.values

    @property
    def cycle(self) -> Counts:
        return self._cycle.values

    @property
    def time_s(self) -> Floats:
        return self._measured["time_s"].values

    @property
    def elapsed_s(self) -> Floats:
        return self._measured["elapsed_s"].values

    @property
    def amplitude_V(self) -> Floats:
        return self._measured["amplitude_V"].values

    @property
    def field_T(self) -> Floats:
        return self._measured["field_T"].values

    @property
    def resistance_ohm(self) -> Floats:
        return self._measured["resistance_ohm"].values

    @property
    def phase(self) -> Codes:
        return self._phase.values

    @property
    def marked(self) -> Flags:
        return self._marked.values

    def append(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add points, as `Store.points_after` returns them.

        `point` is required. A missing measured column is filled with NaN, a missing cycle with 0.
        `phase` holds texts; `marked` flags, or `mark` the reasons, None where there is none.
        """
        point = columns["point"]
        if not len(point):
            return
        self._point.extend(point)
        self._cycle.extend(columns.get("cycle", np.zeros(len(point))))
        self._phase.extend(self._codes(columns.get("phase", np.full(len(point), ""))))
        self._marked.extend(_marks(columns, len(point)))
        for name in ("time_s", "amplitude_V", "field_T", "resistance_ohm"):
            values = columns.get(name, np.full(len(point), np.nan))
            self._measured[name].extend(np.asarray(values, float))
        self._measured["elapsed_s"].extend(self._elapsed(self.time_s[-len(point) :]))

    def _codes(self, phases: npt.NDArray[Any]) -> list[int]:
        known = {name: code for code, name in enumerate(self.phases)}
        for name in dict.fromkeys(phases.tolist()):
            if name not in known:
                known[name] = min(len(known), MOST_PHASES)
                self.phases.append(name)
        return [known[name] for name in phases.tolist()]

    def _elapsed(self, time_s: Floats) -> Floats:
        """Return times that never fall; a missing one is that of the point before."""
        known = np.where(np.isfinite(time_s), time_s, -np.inf)
        before = np.concatenate([[self._last_time_s], known])
        latest = before[np.maximum.accumulate(np.where(np.isfinite(before), _numbers(before), 0))]
        steps = np.diff(latest)
        ends_s = np.where(steps < 0, latest[:-1], 0.0)  # of the attempts that ended before a point
        began_s = self._attempt_began_s + np.cumsum(ends_s)
        self._attempt_began_s, self._last_time_s = float(began_s[-1]), float(latest[-1])
        return began_s + latest[1:]


def _numbers(values: Floats) -> npt.NDArray[np.intp]:
    return np.arange(len(values))


def _marks(columns: Mapping[str, npt.NDArray[Any]], count: int) -> npt.NDArray[Any]:
    if "marked" in columns:
        return columns["marked"]
    if "mark" in columns:
        return np.array([mark is not None and mark == mark for mark in columns["mark"].tolist()])
    return np.zeros(count, bool)
