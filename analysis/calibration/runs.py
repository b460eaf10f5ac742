"""Runs to calibrate from: loaded, checked, sorted by kind, and named as the source of numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from ...storage import Phase, RunRecord, Status, Store
from ..errors import AnalysisError
from ..state_model.model import Source


@dataclass(frozen=True, slots=True)
class CalibrationRun:
    """One run: points (columns as in `Store.points`) and the provenance that a model keeps."""

    points: pd.DataFrame
    device: str
    run: int = 0
    protocol: str = "import"
    database: str = ""
    code_version: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"Run {self.run} ({self.protocol}, {self.device})"


def calibration_runs(store: Store, runs: Sequence[int]) -> tuple[CalibrationRun, ...]:
    """Load runs from the store; raises StoreError, and AnalysisError for an unfinished one."""
    if not runs:
        raise AnalysisError("No run was named; give at least one staircase, ramp or cycling run.")
    if len(set(runs)) < len(runs):
        raise AnalysisError("A run is named twice; name every run once.")
    records = [store.run(number) for number in runs]
    for record in records:
        _refuse_unfinished(record)
    return tuple(_loaded(store, record) for record in records)


def is_minor_loop(run: CalibrationRun) -> bool:
    """Return True for a sweep of the field, which has the resistances without a wall."""
    return "phase" in run.points and bool((run.points["phase"] == Phase.LOOP).any())


def source_of(runs: Sequence[CalibrationRun], method: str, quality: str) -> Source:
    """Return the source of numbers computed now from these runs."""
    return Source(
        runs=tuple(run.run for run in runs),
        database=", ".join(dict.fromkeys(run.database for run in runs)),
        code_version=", ".join(dict.fromkeys(run.code_version for run in runs)),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        method=method,
        quality=quality,
    )


def _loaded(store: Store, record: RunRecord) -> CalibrationRun:
    summary = record.summary
    return CalibrationRun(
        points=store.points(summary.id),
        device=summary.device,
        run=summary.id,
        protocol=summary.protocol,
        database=store.place.name,
        code_version=record.attempts[-1].code_version,
        parameters=dict(record.parameters),
    )


def _refuse_unfinished(record: RunRecord) -> None:
    summary = record.summary
    if summary.status is not Status.FINISHED:
        raise AnalysisError(
            f"Run {summary.id} ({summary.protocol}) is {summary.status}; calibrate from finished "
            f"runs, or finish it with `dwmtj run {summary.protocol} --resume {summary.id}`."
        )
