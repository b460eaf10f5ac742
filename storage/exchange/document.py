"""A run as a whole: what the tables hold about it, as JSON data and points."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from ..database import Database
from ..migrations.older import guids_of_older_runs
from ..queries import find_run, status_of
from ..reading.table import MISSING, PointTable, Texts, read_points
from ..schema import Device, EarlierAttempt, Run, RunWarning, Status, UtcTime, table_of_rows
from .devices import description

FORMAT = "dwmtj run"
VERSION = 3
"""Since 2, the checksum covers the device's geometry and notes, and names in HDF5 are escaped.

Since 3, a device may have a place on a wafer.
"""
_RUNS, _ATTEMPTS, _WARNINGS = map(table_of_rows, (Run, EarlierAttempt, RunWarning))
_NOT_THE_RUN = ("id", "device_id", "run_id", "bench_name")  # of a database, not of the run


@dataclass(frozen=True, slots=True)
class RunDocument:
    """Everything about a run; `head` is JSON data, and `points` those of all attempts.

    `number` is that of the run in the database it was read from, or None.
    """

    head: Mapping[str, Any]
    points: PointTable
    number: int | None = None

    @property
    def guid(self) -> str:
        """The number that all copies of the run share."""
        return str(self.head["run"]["guid"])

    @property
    def is_under_way(self) -> bool:
        """True if the run had not ended when this was read."""
        return bool(self.head["run"]["status"] == Status.RUNNING)

    @property
    def is_deleted(self) -> bool:
        """True if the run was taken out of the list of its database."""
        return self.head["run"].get("deleted") is not None

    def checksum(self, *, with_device: bool = False) -> str:
        """Return the SHA-256 of the run's content; its number in a database does not count.

        Geometry and notes of the device, which belong to all its runs in a database, count only
        `with_device`; what they were when the run was measured is in its bench.
        """
        device = self.head["device"]
        head = {**self.head, "device": device if with_device else device["name"]}
        digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        for integers in self.points.integers.values():
            digest.update(np.ascontiguousarray(integers, "<i8").tobytes())
        for measured in self.points.measured.values():
            missing = np.isnan(measured)
            digest.update(np.packbits(missing).tobytes())
            digest.update(np.where(missing, 0.0, measured).astype("<f8").tobytes())
        for texts in self.points.texts.values():
            _add_texts(digest, texts)
        digest.update(self.points.extra_rows.astype("<i8").tobytes())
        digest.update(json.dumps(self.points.extras, sort_keys=True).encode())
        return digest.hexdigest()


def read_document(database: Database, session: Session, run_id: int) -> RunDocument:
    """Return a run of the database; raises StoreError if it does not exist.

    One of a database of schema 5 or older has the GUID that an upgrade would give it.
    """
    run = find_run(session, run_id)
    status, message = status_of(run)
    statement = select(_RUNS).where(_RUNS.c.id == run_id)
    row = session.execute(statement).one()
    guid = row.guid or guids_of_older_runs(session.connection(), run_id)[run_id]
    device = session.get_one(Device, run.device_id)
    head = {
        "run": {**_plain(row), "guid": guid, "status": str(status), "message": message},
        "device": description(device),
        "earlier_attempts": _rows(session, _ATTEMPTS, run_id, "attempt"),
        "warnings": _rows(session, _WARNINGS, run_id, "id"),
    }
    points = read_points(database, session.connection(), run_id)
    return RunDocument(head, points, run_id)


def times_of(table: Table) -> set[str]:
    """Return the columns of a table that hold times, which are ISO 8601 texts in a document."""
    return {column.name for column in table.columns if isinstance(column.type, UtcTime)}


def _rows(session: Session, table: Table, run_id: int, order: str) -> list[dict[str, Any]]:
    statement = select(table).where(table.c.run_id == run_id).order_by(table.c[order])
    return [_plain(row) for row in session.execute(statement)]


def _plain(row: Row[Any]) -> dict[str, Any]:
    values = row._mapping.items()
    return {str(name): _json(value) for name, value in values if name not in _NOT_THE_RUN}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Status) else value


def _add_texts(digest: "hashlib._Hash", texts: Texts) -> None:
    """Add texts numbered in the order of their appearance, however they are numbered here."""
    codes, first = np.unique(texts.codes, return_index=True)
    codes = codes[np.argsort(first)]
    codes = codes[codes != MISSING]
    renumbered = np.full(len(texts.distinct) + 1, MISSING, "<i4")  # the last is that of MISSING
    renumbered[codes] = np.arange(len(codes))
    digest.update(renumbered[texts.codes].tobytes())
    digest.update(json.dumps([texts.distinct[code] for code in codes]).encode())
