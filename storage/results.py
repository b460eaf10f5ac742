"""Results: output of a simulation or an analysis, with what is needed to repeat it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from .code_version import code_version
from .errors import StoreError
from .schema import Result

KEY = "key"  # entry of the configuration that holds the key


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """A stored result; `configuration` and `seed` repeat it, `data` is its output."""

    id: int
    kind: str
    name: str
    configuration: Mapping[str, Any]
    data: Mapping[str, Any]
    code_version: str
    seed: int | None
    created: datetime

    @property
    def key(self) -> str | None:
        """The key the result was stored with, unique within its kind."""
        return self.configuration.get(KEY)


def add(
    session: Session,
    kind: str,
    name: str,
    configuration: Mapping[str, Any],
    data: Mapping[str, Any],
    seed: int | None,
    key: str | None,
) -> ResultRecord:
    """Store a result and return it, or the one that has its key; raises StoreError."""
    if not kind.strip() or not name.strip():
        raise StoreError("A result needs a kind and a name.")
    if key is not None:
        existing = _with_key(session, kind, key)
        if existing is not None:
            return existing
        configuration = {**configuration, KEY: key}
    row = Result(
        kind=kind,
        name=name,
        configuration=dict(configuration),
        data=dict(data),
        code_version=code_version(),
        seed=seed,
        created=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return _record(row)


def find(session: Session, result_id: int) -> ResultRecord:
    """Return a result by its number; raises StoreError."""
    row = session.get(Result, result_id)
    if row is None:
        raise StoreError(f"There is no result {result_id} in this database.")
    return _record(row)


def list_all(
    session: Session, kind: str | None = None, name: str | None = None
) -> list[ResultRecord]:
    """Return all results, or those of one kind, of one name, the oldest first."""
    statement = select(Result).order_by(Result.id)
    if name is not None:
        statement = statement.where(Result.name == name)
    if kind is not None:
        statement = statement.where(Result.kind == kind)
    return [_record(row) for row in session.scalars(statement)]


def _with_key(session: Session, kind: str, key: str) -> ResultRecord | None:
    as_written = json.dumps({KEY: key})[1:-1]
    text = type_coerce(Result.configuration, Text)
    likely = select(Result).where(Result.kind == kind, text.contains(as_written, autoescape=True))
    records = map(_record, session.scalars(likely.order_by(Result.id)))
    return next((record for record in records if record.key == key), None)


def _record(row: Result) -> ResultRecord:
    return ResultRecord(
        id=row.id,
        kind=row.kind,
        name=row.name,
        configuration=row.configuration,
        data=row.data,
        code_version=row.code_version,
        seed=row.seed,
        created=row.created,
    )
