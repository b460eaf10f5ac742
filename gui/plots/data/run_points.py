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
    every attempt: a resumed run continues where the attempt before it ended. The points of a cycle
    that a resumed run repeats are dropped; `generation` rises when that happens, and whoever has
    read points begins anew.
    """

    store_columns: ClassVar = (
        "attempt",
        "cycle",
        "time_s",
        "amplitude_V",
        "field_T",
        "resistance_ohm",
        "phase",
        "mark",
    )
    """Columns to ask of `Store.points_after`."""

    def __init__(self) -> None:
        self._point: Growing[np.int64] = Growing(np.int64)
        self._cycle: Growing[np.int64] = Growing(np.int64)
        self._phase: Growing[np.uint8] = Growing(np.uint8)
        self._marked: Growing[np.bool_] = Growing(np.bool_)
        self._measured: dict[str, Growing[np.float64]] = {
            name: Growing(np.float64)
            for name in ("time_s", "amplitude_V", "field_T", "resistance_ohm", "elapsed_s")
        }
        self._attempt = 1
        self._attempt_began_s = 0.0
        self._last_time_s = 0.0
        self.generation = 0
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
        """Add points, as `Store.points_after` returns them for `store_columns`.

        `point` is required. A missing measured column is filled with NaN, a missing cycle with 0;
        `phase` holds texts, `mark` flags.
        """
        count = len(columns["point"])
        attempt = columns.get("attempt", np.full(count, self._attempt))
        turns = np.flatnonzero(np.diff(attempt)) + 1
        for start, stop in zip([0, *turns], [*turns, count], strict=True):
            part = {name: values[start:stop] for name, values in columns.items()}
            if start < stop:
                if attempt[start] > self._attempt:
                    self._resume(int(attempt[start]), int(part["cycle"].min()))
                self._add(part)

    def _add(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        point = columns["point"]
        count = len(point)
        self._point.extend(point)
        self._cycle.extend(columns.get("cycle", np.zeros(count)))
        self._phase.extend(self._codes(columns.get("phase", np.full(count, ""))))
        self._marked.extend(columns.get("mark", np.zeros(count, bool)))
        for name in ("time_s", "amplitude_V", "field_T", "resistance_ohm"):
            values = columns.get(name, np.full(count, np.nan))
            self._measured[name].extend(np.asarray(values, float))
        self._measured["elapsed_s"].extend(self._elapsed(self.time_s[-count:]))

    def _resume(self, attempt: int, cycle: int) -> None:
        """Drop the points of cycles that are measured again, and begin at time 0."""
        self._attempt = attempt
        again = np.flatnonzero(self.cycle >= cycle)
        if len(again):
            for column in (self._point, self._cycle, self._phase, self._marked):
                column.cut(int(again[0]))
            for measured in self._measured.values():
                measured.cut(int(again[0]))
            self.generation += 1
        self._last_time_s = 0.0
        self._attempt_began_s = float(self.elapsed_s[-1]) if len(self) else 0.0

    def _codes(self, phases: npt.NDArray[Any]) -> list[int]:
        known = {name: code for code, name in enumerate(self.phases)}
        for name in dict.fromkeys(phases.tolist()):
            if name not in known:
                known[name] = min(len(known), MOST_PHASES)
                self.phases.append(name)
        return [known[name] for name in phases.tolist()]

    def _elapsed(self, time_s: Floats) -> Floats:
        """Return times that never fall; a missing one is that of the point before."""
        known = np.where(np.isfinite(time_s), time_s, np.nan)
        before = np.concatenate([[self._last_time_s], known])
        rows = np.where(np.isfinite(before), np.arange(len(before)), 0)
        latest = before[np.maximum.accumulate(rows)]
        steps = np.diff(latest)
        ends_s = np.where(steps < 0, latest[:-1], 0.0)  # of the attempts that ended before a point
        began_s = self._attempt_began_s + np.cumsum(ends_s)
        self._attempt_began_s, self._last_time_s = float(began_s[-1]), float(latest[-1])
        elapsed_s: Floats = began_s + latest[1:]
        return elapsed_s
