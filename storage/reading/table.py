"""The points of a run column by column, as a frame, a file or a checksum takes them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, Text, func, select, type_coerce

from ..database import Database, PointColumns
from ..schema import MEASURED, StoredPoint, table_of_rows

INTEGERS = ("point", "attempt", "cycle")
TEXTS = ("phase", "mark")
ROWS_AT_ONCE = 20_000
MISSING = -1  # the code of a text that is NULL
_POINTS = table_of_rows(StoredPoint)


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts that repeat: `codes` into `distinct`, MISSING where there is none."""

    codes: npt.NDArray[np.int32]
    distinct: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> "Texts":
        """Return the column of texts, which are numbered in the order of their appearance."""
        numbers: dict[str | None, int] = {None: MISSING}
        for text in texts:
            if text not in numbers:
                numbers[text] = len(numbers) - 1
        codes = np.fromiter(map(numbers.__getitem__, texts), np.int32, len(texts))
        return cls(codes, tuple(text for text in numbers if text is not None))

    def __iter__(self) -> Iterator[str | None]:
        texts = (*self.distinct, None)  # MISSING is the last of them
        return map(texts.__getitem__, self.codes.tolist())


@dataclass(frozen=True, slots=True)
class PointTable:
    """Points in order: `integers` int64, `measured` float64 with NaN where nothing was measured.

    `extras` are the further quantities of the points with the indices `extra_rows`.
    """

    integers: dict[str, npt.NDArray[np.int64]]
    measured: dict[str, npt.NDArray[np.float64]]
    texts: dict[str, Texts]
    extra_rows: npt.NDArray[np.int64]
    extras: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.integers["point"])

    def without_superseded(self) -> "PointTable":
        """Return the points that count: of a cycle that was repeated, its latest attempt's."""
        attempt = self.integers["attempt"]
        if not len(self) or attempt.min() == attempt.max():
            return self
        cycles, cycle = np.unique(self.integers["cycle"], return_inverse=True)
        latest = np.zeros(len(cycles), np.int64)
        np.maximum.at(latest, cycle, attempt)
        return self.where(attempt == latest[cycle])

    def where(self, chosen: npt.NDArray[np.bool_]) -> "PointTable":
        """Return the chosen points."""
        if chosen.all():
            return self
        kept = chosen[self.extra_rows]
        return PointTable(
            {name: values[chosen] for name, values in self.integers.items()},
            {name: values[chosen] for name, values in self.measured.items()},
            {name: Texts(each.codes[chosen], each.distinct) for name, each in self.texts.items()},
            (np.cumsum(chosen) - 1)[self.extra_rows[kept]],
            [extra for extra, keep in zip(self.extras, kept, strict=True) if keep],
        )


def read_points(database: Database, connection: Connection, run_id: int) -> PointTable:
    """Return the points of all attempts at a run."""
    last = connection.scalar(select(func.max(_POINTS.c.point)).where(_POINTS.c.run_id == run_id))
    columns = None if last is None else database.point_columns(connection, int(run_id), last)
    if columns is not None:
        return _assembled(columns, connection, run_id, last)
    statement = points_statement(run_id)
    query = statement.compile(connection, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()  # SQLAlchemy's rows take longer than the database
    cursor.execute(str(query), ())
    return _table_of(cursor)


def points_statement(run_id: int) -> Select[Any]:
    """Return a SELECT of the points of all attempts: integers, measured, texts, extra as text."""
    columns = (_POINTS.c[name] for name in (*INTEGERS, *MEASURED, *TEXTS))
    extra = type_coerce(_POINTS.c.extra, Text).label("extra")
    statement = select(*columns, extra).where(_POINTS.c.run_id == int(run_id))
    return statement.order_by(_POINTS.c.point)


def _assembled(columns: PointColumns, connection: Connection, run_id: int, last: int) -> PointTable:
    extras: list[str] = []
    if len(columns.extra_rows):
        has_extra = (_POINTS.c.run_id == run_id, _POINTS.c.extra.is_not(None))
        statement = select(type_coerce(_POINTS.c.extra, Text)).where(*has_extra)
        statement = statement.where(_POINTS.c.point <= last)
        extras = list(connection.scalars(statement.order_by(_POINTS.c.point)))
    return PointTable(
        dict(zip(INTEGERS, columns.integers, strict=True)),
        dict(zip(MEASURED, columns.measured, strict=True)),
        {name: Texts(columns.codes[i], columns.distinct[i]) for i, name in enumerate(TEXTS)},
        columns.extra_rows,
        parsed(extras),
    )


def _table_of(cursor: Any) -> PointTable:
    numbers: list[npt.NDArray[np.float64]] = []
    texts: list[list[tuple[str | None, ...]]] = []
    extra_rows: list[int] = []
    extras: list[str] = []
    width, first = len(INTEGERS) + len(MEASURED), 0
    for part in iter(lambda: cursor.fetchmany(ROWS_AT_ONCE), []):
        columns = list(zip(*part, strict=True))
        numbers.append(np.array(columns[:width], dtype=np.float64))
        texts.append(columns[width : width + len(TEXTS)])
        for row, extra in enumerate(columns[-1], first):
            if extra is not None:
                extra_rows.append(row)
                extras.append(extra)
        first += len(part)
    values = np.concatenate(numbers, axis=1) if numbers else np.empty((width, 0))
    return PointTable(
        {name: values[i].astype(np.int64) for i, name in enumerate(INTEGERS)},
        {name: values[len(INTEGERS) + i] for i, name in enumerate(MEASURED)},
        {
            name: Texts.of(list(chain.from_iterable(part[i] for part in texts)))
            for i, name in enumerate(TEXTS)
        },
        np.array(extra_rows, dtype=np.int64),
        parsed(extras),
    )


def parsed(extras: Sequence[str]) -> list[dict[str, Any]]:
    """Return the objects of JSON texts: one text is parsed faster than each of them."""
    objects: list[dict[str, Any]] = json.loads(f"[{','.join(extras)}]")
    return objects
