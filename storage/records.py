"""Records of runs, as the store returns them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from .display import brief, record_html, summary_html
from .schema import Status


class RunSummary(NamedTuple):
    """A run in brief; `points` is the number of rows `Store.points` returns by default.

    `tags` and `starred` are the operator's marks, to find the run again. A tuple is made in a third
    of the time of a frozen dataclass, which matters in a list of all runs.
    """

    id: int
    protocol: str
    device: str
    status: Status
    points: int
    points_expected: int | None
    attempt: int
    started: datetime
    finished: datetime | None
    message: str | None
    operator: str
    notes: str
    tags: tuple[str, ...] = ()
    starred: bool = False

    @property
    def warning(self) -> str:
        """Status and number of points of a run that did not finish; empty for a finished one."""
        if self.status is Status.FINISHED:
            return ""
        expected = "" if self.points_expected is None else f" of {self.points_expected}"
        return f"Run {self.id} is {self.status}: {self.points}{expected} points"

    def __repr__(self) -> str:
        return f"<RunSummary of {brief(self)}>"

    def _repr_html_(self) -> str:
        return summary_html(self)


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt at a run: time, host, bench and code, and how it ended."""

    attempt: int
    status: Status
    message: str | None
    started: datetime
    finished: datetime | None
    bench: Mapping[str, Any]
    code_version: str
    seed: int | None
    operator: str
    host: str


@dataclass(frozen=True, slots=True)
class WarningRecord:
    """A warning during an attempt; `source` is the name of a logger or of a warning's class."""

    attempt: int
    time: datetime
    source: str
    message: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything about a run except its points; attempts and warnings in order of time.

    `marks` holds the marks of its points, each with the number of points that have it;
    `conditions` the conditions that the operator stated, such as `temperature_K`, not measured.
    `guid` is the same in every copy of the run; None in a database of schema 5 or older. `sample`,
    `wafer` and `die` (row, column) are where its device is, as far as that is known.
    """

    summary: RunSummary
    parameters: Mapping[str, Any]
    attempts: tuple[AttemptRecord, ...]
    warnings: tuple[WarningRecord, ...] = ()
    marks: Mapping[str, int] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    guid: str | None = None
    sample: str | None = None
    wafer: str | None = None
    die: tuple[int, int] | None = None

    @property
    def device_place(self) -> str:
        """Where the device is, in one line: sample S3, wafer W7, die 4, 2."""
        die = "" if self.die is None else f"die {self.die[0]}, {self.die[1]}"
        parts = (self.sample and f"sample {self.sample}", self.wafer and f"wafer {self.wafer}", die)
        return ", ".join(filter(None, parts))

    @property
    def marked(self) -> str:
        """The marks in one line, such as "3 points below 30 Ω"; empty if there are none."""
        return "; ".join(
            f"{count} point{'s' if count > 1 else ''} {mark}" for mark, count in self.marks.items()
        )

    @property
    def stated(self) -> str:
        """The stated conditions in one line, such as "358 K (stated, not measured)"."""
        return "; ".join(
            f"{name.rpartition('_')[0]} {value:g} {name.rpartition('_')[2]} ({self._origin(name)})"
            for name, value in self.conditions.items()
        )

    def _origin(self, condition: str) -> str:
        regulated = any(attempt.bench.get("temperature_controller") for attempt in self.attempts)
        if condition == "temperature_K" and regulated:
            return "set, and measured with each point"
        return "stated, not measured"

    def __repr__(self) -> str:
        return f"<RunRecord of {brief(self.summary)}>"

    def _repr_html_(self) -> str:
        return record_html(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run continues: its next point and cycle, and the number of points before it."""

    next_point: int = 0
    first_cycle: int = 0
    points_kept: int = 0
