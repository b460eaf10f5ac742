"""Points in bulk: COPY in, and COPY out as rows of doubles that NumPy reads as they are.

PostgreSQL keeps NaN and −0.0 apart from NULL and 0, which SQLite does not: they are stored as NULL
and 0 here, too, or a copy would differ from its original.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Select,
    Text,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy import cast as sql_cast

from ...database import PointColumns, Row
from ...reading.table import INTEGERS, TEXTS
from ...schema import MEASURED, StoredPoint, table_of_rows
from .server import driver

if TYPE_CHECKING:
    import psycopg

DISTINCT = 100  # texts of a column; beyond, rows of the driver are as good
_POINTS = table_of_rows(StoredPoint)
_NAMES = [column.name for column in _POINTS.columns]
_LIST = ", ".join(f'"{name}"' for name in _NAMES)
INSERT = f"INSERT INTO points ({_LIST}) VALUES ({', '.join(['%s'] * len(_NAMES))})"  # noqa: S608
_COPY = f"COPY points ({_LIST}) FROM STDIN"
_KINDS = dict.fromkeys(("run_id", *INTEGERS), int) | dict.fromkeys(MEASURED, float)
_TYPES = [_KINDS.get(name, str) for name in _NAMES]
_HEADER_BYTES, _TRAILER_BYTES = 19, 2  # of a binary COPY; see its page in PostgreSQL's manual
_NAN: ColumnElement[float] = literal_column("'NaN'::float8")


def as_stored(row: Row) -> list[object]:
    """Return a row as both engines store it; raises psycopg.DataError for another type."""
    return [
        value if value is None else _plain(value, wanted)
        for value, wanted in zip(row, _TYPES, strict=True)
    ]


def insert_points(connection: "psycopg.Connection[Any]", rows: Iterable[Row]) -> int:
    """Insert points within the transaction of a connection, and return how many."""
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(as_stored(row))
        return cursor.rowcount


def numbers(connection: Connection, statement: Select[Any]) -> npt.NDArray[np.float64]:
    """Return the rows of numbers or truths as float64 (rows, columns), NaN for NULL."""
    columns = [_as_double(column) for column in statement.selected_columns]
    statement = statement.with_only_columns(*columns, maintain_column_froms=True)
    compiled = statement.compile(dialect=connection.dialect)
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    data = bytearray()
    with (
        raw.cursor() as cursor,
        cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT BINARY)", compiled.params) as copy,
    ):
        for part in copy:
            data += part
    row = np.dtype(
        [("fields", ">i2"), ("values", [("bytes", ">i4"), ("value", ">f8")], len(columns))]
    )
    size = len(data) - _HEADER_BYTES - _TRAILER_BYTES
    rows = np.frombuffer(data, row, count=size // row.itemsize, offset=_HEADER_BYTES)
    return rows["values"]["value"].astype(np.float64)


def point_columns(connection: Connection, run_id: int, last: int) -> PointColumns | None:
    """Return the points of a run up to number `last`; None if they have too many texts."""
    chosen = (_POINTS.c.run_id == run_id, _POINTS.c.point <= last)
    distinct = [_distinct(connection, name, chosen) for name in TEXTS]
    if max(map(len, distinct)) > DISTINCT:
        return None
    codes = [_code(name, texts) for name, texts in zip(TEXTS, distinct, strict=True)]
    wanted = [*(_POINTS.c[name] for name in (*INTEGERS, *MEASURED)), *codes]
    statement = select(*wanted, _POINTS.c.extra.is_not(None)).where(*chosen)
    values = np.ascontiguousarray(numbers(connection, statement.order_by(_POINTS.c.point)).T)
    first_text = len(INTEGERS) + len(MEASURED)
    return PointColumns(
        integers=values[: len(INTEGERS)].astype(np.int64),
        measured=values[len(INTEGERS) : first_text],
        codes=np.nan_to_num(values[first_text:-1], nan=-1.0).astype(np.int32),
        distinct=distinct,
        extra_rows=np.flatnonzero(values[-1]),
    )


def _plain(value: object, wanted: type) -> object:
    if wanted is float and isinstance(value, (float, int)):
        number = float(value)
        return None if number != number else number + 0.0
    if wanted is str and isinstance(value, str):
        return str(value)
    if wanted is int and isinstance(value, int):
        return int(value)
    raise driver().DataError(f"{value!r} is a {type(value).__name__}, not a {wanted.__name__}")


def _as_double(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Boolean):
        column = sql_cast(column, Integer)
    return func.coalesce(sql_cast(column, Double), _NAN)


def _distinct(
    connection: Connection, name: str, chosen: Iterable[ColumnElement[bool]]
) -> tuple[str, ...]:
    column = _POINTS.c[name]
    statement = select(column).where(*chosen, column.is_not(None)).distinct()
    return tuple(connection.scalars(statement.limit(DISTINCT + 1)))


def _code(name: str, texts: tuple[str, ...]) -> ColumnElement[Any]:
    known = sql_cast(literal(list(texts), ARRAY(Text)), ARRAY(Text))
    return func.array_position(known, _POINTS.c[name], type_=Integer) - 1
