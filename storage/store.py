"""The store: begins, resumes, lists, loads and exports runs, and keeps calibrations and results."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from . import calibrations, queries, results
from .calibrations import CalibrationRecord
from .code_version import code_version
from .database import open_database
from .errors import StoreError, errors_of
from .location import database_path
from .owner import this_process
from .records import Progress, RunRecord, RunSummary
from .results import ResultRecord
from .schema import Device, EarlierAttempt, Run, Status
from .writer import RunWriter

if TYPE_CHECKING:
    import pandas as pd

PATIENCE_S = 10.0  # how long a lock of another program is waited for


class Store:
    """An open database; from Store.open, usable from any thread, closed at the end of a `with`.

    Every method raises StoreError with one sentence that says what is wrong and what to do.
    """

    def __init__(self, engine: Engine, path: Path, *, read_only: bool) -> None:
        self.path = path
        self._engine = engine
        self._read_only = read_only

    @classmethod
    def open(
        cls,
        url_or_path: str | os.PathLike[str] | None = None,
        *,
        create: bool = True,
        read_only: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> Self:
        """Open the database given, else that of DWMTJ_DATABASE, else dwmtj.sqlite in this folder.

        A missing one is made, unless `create` is False or it is opened `read_only`.
        """
        path = database_path(url_or_path)
        engine = open_database(
            path, create=create and not read_only, read_only=read_only, patience_s=patience_s
        )
        return cls(engine, path, read_only=read_only)

    def begin_run(
        self,
        protocol: str,
        device: str,
        *,
        parameters: Mapping[str, Any],
        bench: Mapping[str, Any],
        points_expected: int | None = None,
        seed: int | None = None,
        operator: str = "",
        notes: str = "",
    ) -> RunWriter:
        """Record a new run and return what its points are written with.

        Geometry and notes that the bench has under "device" are kept with the device, too.
        """
        with self._writing() as session:
            run = Run(
                protocol=protocol,
                device_id=_device_id(session, device, bench),
                parameters=dict(parameters),
                points_expected=points_expected,
                notes=notes,
                started=datetime.now(UTC),
                **_circumstances(bench, seed, operator),
            )
            session.add(run)
            session.flush()
            run_id = run.id
        return RunWriter(self._engine, self.path, run_id, 1, Progress())

    def resume_run(
        self,
        run_id: int,
        *,
        bench: Mapping[str, Any],
        points_from: Callable[[int], int] | None = None,
        seed: int | None = None,
        operator: str = "",
        notes: str = "",
    ) -> RunWriter:
        """Begin a new attempt at a run that was interrupted, aborted or failed.

        The writer's `first_cycle` is where to go on: the cycle that was broken off is repeated.
        `points_from` tells how many points are still to come from a cycle on.
        """
        with self._writing() as session:
            run = queries.find_run(session, run_id)
            ended = queries.attempt_of(run)
            _refuse_to_resume(run, ended.status)
            session.add(EarlierAttempt(run_id=run_id, **asdict(ended)))
            now = {
                "attempt": run.attempt + 1,
                "status": Status.RUNNING,
                "message": None,
                "resumed": datetime.now(UTC),
                "finished": None,
                "notes": "\n".join(filter(None, (run.notes, notes))),
                **_circumstances(bench, seed, operator),
            }
            progress = queries.progress_of(session, run_id)
            if points_from is not None:
                to_come = points_from(progress.first_cycle)
                now["points_expected"] = progress.points_kept + to_come
            session.execute(update(Run).where(Run.id == run_id).values(now))
        return RunWriter(self._engine, self.path, run_id, ended.attempt + 1, progress)

    def declare_interrupted(self, run_id: int) -> None:
        """Mark a run as interrupted whose computer is gone, which only you can know.

        A run that lost its process on this computer is found to be interrupted without asking.
        """
        with self._writing() as session:
            run = queries.find_run(session, run_id)
            status, _ = queries.status_of(run)
            if status is Status.RUNNING and queries.owner_of(run).is_here:
                raise StoreError(_still_running(run) + "stop that process first.")
            if status is Status.RUNNING:
                run.status = Status.INTERRUPTED
                run.message = f"Declared interrupted; its process was {run.pid} on {run.host}."

    def runs(
        self,
        protocol: str | None = None,
        device: str | None = None,
        status: Status | None = None,
    ) -> list[RunSummary]:
        """List the runs that match, the oldest first."""
        self._mark_interrupted()
        with self._reading() as session:
            found = queries.summaries(session, protocol, device)
            return [run for run in found if status is None or run.status is status]

    def run(self, run_id: int) -> RunRecord:
        """Return everything about a run but its points."""
        self._mark_interrupted()
        with self._reading() as session:
            return queries.record(session, run_id)

    def points(self, run_id: int, *, all_attempts: bool = False) -> "pd.DataFrame":
        """Load the points of a run, even while it runs; SI units, NaN where nothing was measured.

        A cycle that a resumed run repeated comes from its latest attempt, unless `all_attempts`.
        """
        from .frames import frame_of  # pandas takes longer to import than all of the rest

        with self._reading() as session:
            queries.find_run(session, run_id)
            question = queries.points_of(run_id, all_attempts=all_attempts)
            return frame_of(session.execute(question).all())

    def export_csv(
        self,
        run_id: int,
        path: str | os.PathLike[str],
        *,
        all_attempts: bool = False,
        overwrite: bool = False,
    ) -> None:
        """Write the points of a run, as `points` returns them, to a CSV file with all digits."""
        from .frames import write_csv

        frame = self.points(run_id, all_attempts=all_attempts)
        write_csv(frame, Path(path).expanduser(), overwrite=overwrite)

    def add_calibration(
        self, name: str, device: str, source_runs: Sequence[int], data: Mapping[str, Any]
    ) -> CalibrationRecord:
        """Keep a calibration of a device that has runs here; its version is the name's next one."""
        with self._writing() as session:
            return calibrations.add(session, name, device, source_runs, data)

    def calibration(self, name: str, version: int | None = None) -> CalibrationRecord:
        """Return a calibration by its name, the latest version unless one is asked for."""
        with self._reading() as session:
            return calibrations.find(session, name, version)

    def calibrations(self) -> list[CalibrationRecord]:
        """List all versions of all calibrations, by name."""
        with self._reading() as session:
            return calibrations.listed(session)

    def add_result(
        self,
        kind: str,
        name: str,
        *,
        configuration: Mapping[str, Any],
        data: Mapping[str, Any],
        seed: int | None = None,
        key: str | None = None,
    ) -> ResultRecord:
        """Keep what a simulation or an analysis gave, with what repeats it: plain data only.

        A kind has one result with the same `key`: where it is there already, that one is returned
        and nothing is kept.
        """
        with self._writing() as session:
            return results.add(session, kind, name, configuration, data, seed, key)

    def result(self, result_id: int) -> ResultRecord:
        """Return a result by its number."""
        with self._reading() as session:
            return results.find(session, result_id)

    def results(self, kind: str | None = None) -> list[ResultRecord]:
        """List all results, or those of one kind, the oldest first."""
        with self._reading() as session:
            return results.listed(session, kind)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with errors_of(self.path), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with errors_of(self.path), Session(self._engine) as session, session.begin():
            # Locked for writing before anything is read: nobody changes it in between.
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    def _mark_interrupted(self) -> None:
        """Write down which runs lost their process; the lists say so even where this cannot."""
        with self._reading() as session:
            running = session.scalars(select(Run).where(Run.status == Status.RUNNING)).all()
            lost = {run.id for run in running if queries.owner_of(run).is_dead()}
        if not lost or self._read_only:
            return
        with suppress(StoreError), self._writing() as session:
            for run in session.scalars(select(Run).where(Run.id.in_(lost))):
                run.status, run.message = queries.status_of(run)


def _device_id(session: Session, name: str, bench: Mapping[str, Any]) -> int:
    device = session.scalar(select(Device).where(Device.name == name))
    if device is None:
        device = Device(name=name)
        session.add(device)
    described = bench.get("device", {})
    device.geometry = described.get("geometry") or device.geometry or ""
    device.notes = described.get("notes") or device.notes or ""
    session.flush()
    return device.id


def _circumstances(bench: Mapping[str, Any], seed: int | None, operator: str) -> dict[str, Any]:
    return {
        "bench": dict(bench),
        "code_version": code_version(),
        "seed": seed,
        "operator": operator,
        **asdict(this_process()),
    }


def _refuse_to_resume(run: Run, status: Status) -> None:
    if status is Status.FINISHED:
        raise StoreError(f"Run {run.id} is finished: begin a new one instead of resuming it.")
    if status is Status.RUNNING:
        raise StoreError(
            _still_running(run) + "wait for its end, or, if that computer is gone, call "
            f"Store.declare_interrupted({run.id})."
        )


def _still_running(run: Run) -> str:
    return f"Run {run.id} is under way in process {run.pid} on {run.host}: "
