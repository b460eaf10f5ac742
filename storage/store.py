"""The store: writes, lists, loads and exports runs, calibrations and results."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy.orm import Session

from . import calibrations, queries, results
from .calibrations import CalibrationRecord
from .database import LOCK_TIMEOUT_S, Database, Finding
from .engines.choice import open_database
from .errors import StoreError, errors_of
from .location import Place, PostgresUrl, database_place
from .records import Progress, RunRecord, RunSummary
from .results import ResultRecord
from .runs import annotations, attempts, lab, listing
from .schema import Status
from .writing.notes import claim_notes, has_notes, store_notes
from .writing.writer import RunWriter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from .exchange.copied import Copied
    from .exchange.copying import Side
    from .exchange.document import RunDocument
    from .exchange.insert import StoredRun


class Store:
    """An open database, from `Store.open`; usable from any thread, closed at the end of a `with`.

    Every method raises StoreError with one sentence that says what is wrong and what to do.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def place(self) -> Place:
        """The path of the file, another one if it was lost during a run, or the server's URL."""
        return self._database.place

    @property
    def path(self) -> Path:
        """The path of the SQLite file; raises StoreError if another database holds the runs."""
        if isinstance(self.place, Path):
            return self.place
        raise StoreError(f"{self.place} is no file.")

    @classmethod
    def open(
        cls,
        url_or_path: str | os.PathLike[str] | PostgresUrl | None = None,
        *,
        create: bool = True,
        read_only: bool = False,
        upgrade: bool = True,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> Self:
        """Open the database given, else that of DWMTJ_DATABASE, else dwmtj.sqlite in this folder.

        A missing file is created, unless `create` is False or it is opened `read_only`. A database
        of an older version is copied and upgraded, refused unless `upgrade`, or, `read_only`, read
        as it is. Locks of other processes are waited for during `lock_timeout_s`. What is noted in
        a side file (NAME-notes) is stored, unless `read_only`.
        """
        database = open_database(
            database_place(url_or_path),
            create=create and not read_only,
            read_only=read_only,
            upgrade=upgrade,
            lock_timeout_s=lock_timeout_s,
        )
        store = cls(database)
        store._take_in_notes()
        return store

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
        tags: Sequence[str] = (),
        conditions: Mapping[str, float] | None = None,
    ) -> RunWriter:
        """Store a new run and return the writer of its points.

        `parameters` and `bench` are JSON data. The geometry and notes of the bench's "device" are
        stored with the device, too. `conditions` are stated, not measured, such as
        {"temperature_K": 358.0}.
        """
        with self._writing() as session:
            run_id = attempts.begin(
                session,
                protocol,
                device,
                parameters=parameters,
                bench=bench,
                points_expected=points_expected,
                seed=seed,
                operator=operator,
                notes=notes,
                tags=tags,
                conditions=conditions,
            )
        return RunWriter(self._database, run_id, 1, Progress())

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

        The cycle that was interrupted is repeated: the new attempt continues at the writer's
        `first_cycle`. `points_from` returns the number of points expected from a cycle on.
        """
        with self._writing() as session:
            attempt, progress = attempts.resume(
                session,
                run_id,
                bench=bench,
                points_from=points_from,
                seed=seed,
                operator=operator,
                notes=notes,
            )
        return RunWriter(self._database, run_id, attempt, progress)

    def declare_interrupted(self, run_id: int, *, ended_here: bool = False) -> None:
        """Mark a run as interrupted whose computer is gone.

        With `ended_here` it is one of this process, whose end could not be stored at the time.
        A run that lost its process on this computer is found to be interrupted automatically.
        """
        with self._writing() as session:
            attempts.declare_interrupted(session, run_id, ended_here=ended_here)

    def runs(
        self,
        protocol: str | None = None,
        device: str | None = None,
        status: Status | None = None,
        *,
        first: int = 0,
        tag: str | None = None,
        user: str | None = None,
        bench: str | None = None,
        wafer: str | None = None,
        sample: str | None = None,
    ) -> list[RunSummary]:
        """Return the runs from number `first` on that match and are not deleted, oldest first."""
        self._take_in_notes()
        names = {"user": user, "bench": bench, "wafer": wafer, "sample": sample}
        with self._reading() as session:
            found = listing.summaries(
                self._database, session, protocol, device, first, tag, **names
            )
            running = [run.id for run in found if run.status is Status.RUNNING]
            lost = attempts.lost_among(session, running)
        if lost:
            self._mark_interrupted(lost)
            with self._reading() as session:
                ended = {run_id: queries.summary(session, run_id) for run_id in lost}
            found = [ended.get(run.id, run) for run in found]
        return found if status is None else [run for run in found if run.status is status]

    def run(self, run_id: int) -> RunRecord:
        """Return everything about a run except its points."""
        self._take_in_notes()
        with self._reading() as session:
            record = queries.record(session, run_id)
            lost = attempts.lost_among(session, [run_id])
        if lost:
            self._mark_interrupted(lost)
            with self._reading() as session:
                record = queries.record(session, run_id)
        return record

    def annotate(
        self,
        run_id: int,
        *,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        starred: bool | None = None,
    ) -> None:
        """Replace a run's notes, tags or star; what is None stays as it is."""
        with self._writing() as session:
            annotations.annotate(session, run_id, notes, tags, starred)

    def delete_runs(self, run_ids: Collection[int]) -> None:
        """Take runs out of the list; all they hold is kept, and `restore_runs` undoes it.

        Raises StoreError if one of them is under way or does not exist; then none is deleted.
        """
        with self._writing() as session:
            annotations.delete(session, run_ids)

    def restore_runs(self, run_ids: Collection[int]) -> None:
        """Put deleted runs back into the list."""
        with self._writing() as session:
            annotations.restore(session, run_ids)

    def deleted_runs(self) -> list[int]:
        """Return the numbers of the deleted runs, in order."""
        with self._reading() as session:
            return annotations.deleted(session)

    def names(self, kind: lab.Kind) -> list[lab.NamedRecord]:
        """Return the users, benches, wafers or samples that runs name, with their notes."""
        with self._reading() as session:
            return lab.list_all(session, kind)

    def annotate_name(self, kind: lab.Kind, name: str, notes: str) -> None:
        """Replace the notes on a user, bench, wafer or sample."""
        with self._writing() as session:
            lab.annotate(session, kind, name, notes)

    def points(self, run_id: int, *, all_attempts: bool = False) -> "pd.DataFrame":
        """Return the points of a run, also while it runs: one row per point, index `point`.

        Values are in SI units, NaN where nothing was set or read. A cycle repeated by a resumed
        run is taken from its latest attempt, unless `all_attempts`.
        """
        # pandas and numba take longer to import than the room
        from .reading.frames import frame_of
        from .reading.table import read_points

        with self._reading() as session:
            queries.find_run(session, run_id)
            table = read_points(self._database, session.connection(), run_id)
        return frame_of(table if all_attempts else table.without_superseded())

    def points_after(
        self,
        run_id: int,
        after: int = -1,
        columns: Sequence[str] = ("cycle", "time_s", "amplitude_V", "field_T", "resistance_ohm"),
    ) -> "dict[str, npt.NDArray[Any]]":
        """Return columns of the points with numbers above `after`, quickly, also while it runs.

        The arrays are equally long and in the order of "point", their numbers, which is always
        among them. Values are in SI units, NaN where nothing was set or read; "mark" is True for a
        point that is marked. A cycle repeated by a resumed run is taken from its latest attempt:
        who keeps points of earlier calls drops those of the cycles that come anew when the numbers
        in "attempt" rise.
        """
        from .reading.columns import columns_after  # NumPy takes longer to import than the room

        with errors_of(self.place):
            return columns_after(self._database, run_id, after, columns)

    def export_run(
        self, run_id: int, path: str | os.PathLike[str], *, overwrite: bool = False
    ) -> None:
        """Write everything about a run into a file: .csv, .parquet, .h5 or .nc.

        Its table has the points as `points` returns them, in full precision and with units. A CSV
        file has a second one beside it, NAME.csv-metadata.json.
        """
        from .exchange.document import read_document
        from .exchange.files import check_target, write_file

        path = Path(path).expanduser()
        check_target(path, overwrite=overwrite)
        with self._reading() as session:
            document = read_document(self._database, session, run_id)
        write_file(document, path, overwrite=overwrite)

    def import_run(self, source: "str | os.PathLike[str] | RunDocument") -> "StoredRun":
        """Store the run of a file that `export_run` wrote, and return its number.

        Nothing is stored if the database holds this run already. `source` is the file, or what
        `exchange.files.read_file` read from it.
        """
        from .exchange.copying import take_in
        from .exchange.document import RunDocument
        from .exchange.files import read_file

        if not isinstance(source, RunDocument):
            source = read_file(Path(source).expanduser())
        return take_in(self._side(), source)

    def copy_to(
        self,
        target: "Store",
        *,
        update: bool = False,
        with_runs_under_way: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> "Copied":
        """Copy the runs, calibrations and results that `target` lacks; see `exchange.copying`.

        A run that differs from its copy replaces it if `update`, else both stay as they are. One
        under way is left to the next copy, or, `with_runs_under_way`, interrupted in the copy.
        """
        from .exchange.copying import copy_all

        self._take_in_notes()
        with self._reading() as session:
            lost = attempts.lost_among(session, attempts.running(session))
        self._mark_interrupted(lost)
        return copy_all(
            self._side(),
            target._side(),
            update=update,
            with_runs_under_way=with_runs_under_way,
            progress=progress,
        )

    def check(self) -> list[Finding]:
        """Return what is wrong or unfinished in the database and beside it; reads all of it."""
        from .upkeep.check import check_notes, check_runs

        with self._reading() as session:
            connection = session.connection()
            with self._database.interruptible(connection):
                return [
                    *check_notes(self.place),
                    *self._database.check(connection),
                    *check_runs(connection),
                ]

    def add_calibration(
        self, name: str, device: str, source_runs: Sequence[int], data: Mapping[str, Any]
    ) -> CalibrationRecord:
        """Store a calibration of a device that has runs here, as the next version of its name."""
        with self._writing() as session:
            return calibrations.add(session, name, device, source_runs, data)

    def calibration(self, name: str, version: int | None = None) -> CalibrationRecord:
        """Return a calibration by name: the version given, else the latest."""
        with self._reading() as session:
            return calibrations.find(session, name, version)

    def calibrations(self) -> list[CalibrationRecord]:
        """Return all versions of all calibrations, ordered by name and version."""
        with self._reading() as session:
            return calibrations.list_all(session)

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
        """Store the output of a simulation or an analysis, JSON data, with what repeats it.

        Within a kind, `key` is unique: if a result with it exists, that one is returned and nothing
        is stored.
        """
        with self._writing() as session:
            return results.add(session, kind, name, configuration, data, seed, key)

    def result(self, result_id: int) -> ResultRecord:
        """Return a result by its number."""
        with self._reading() as session:
            return results.find(session, result_id)

    def results(self, kind: str | None = None, name: str | None = None) -> list[ResultRecord]:
        """Return all results, or those of one kind, of one name, the oldest first."""
        with self._reading() as session:
            return results.list_all(session, kind, name)

    def close(self) -> None:
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _side(self) -> "Side":
        from .exchange.copying import Side

        return Side(self._database, self._reading, self._writing)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with errors_of(self.place), Session(self._database.reader) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with errors_of(self.place), Session(self._database.engine) as session, session.begin():
            # Lock before reading, so that nothing changes between reading and writing.
            self._database.lock(session.connection())
            yield session

    def _mark_interrupted(self, lost: Collection[int]) -> None:
        """Store which runs lost their process; their status is right also where this cannot."""
        if not lost or self._database.read_only:
            return
        with suppress(StoreError), self._writing() as session:
            attempts.mark_interrupted(session, lost)

    def _take_in_notes(self) -> None:
        """Store what a side file notes; where this cannot be, it stays there."""
        if self._database.read_only:
            return
        with suppress(StoreError, OSError):
            if not has_notes(self.place):
                return
            with self._writing() as session:
                sizes = {file: store_notes(session, file) for file in claim_notes(self.place)}
            for file, size in sizes.items():
                if file.stat().st_size == size:  # nothing came in at the last moment
                    file.unlink()
