"""What the store tells about a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .schema import Status


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A line in the list of runs; `points` counts what Store.points returns for it by default."""

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


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt at a run: when, where and with what it was made, and how it ended."""

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
class RunRecord:
    """Everything about a run but its points; `attempts` has the first first and the latest last."""

    summary: RunSummary
    parameters: Mapping[str, Any]
    attempts: tuple[AttemptRecord, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: where to go on, and how many points of the cycles before count."""

    next_point: int = 0
    first_cycle: int = 0
    points_kept: int = 0
