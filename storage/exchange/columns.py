"""Points as the columns of a file: a unit and a kind each, and a column for each extra quantity."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..reading.frames import ORDER
from ..reading.table import TEXTS, PointTable, Texts
from ..schema import MEASURED

Kind = Literal["integer", "number", "truth", "text", "json"]
UNITS = {"s": "s", "V": "V", "T": "T", "A": "A", "ohm": "ohm", "K": "K", "S": "S", "J": "J"}
UNITS |= {"W": "W", "m": "m", "Hz": "Hz", "C": "C"}
"""The unit that the end of a name states, in UDUNITS' spelling."""
NAMES = ("point", *ORDER)
_PLAIN: tuple[tuple[Kind, type, float], ...] = (
    ("integer", int, 0),
    ("number", float, np.nan),
    ("truth", bool, False),
)
"""The kinds of an extra, with the type of its values, and what stands where there is none."""
_NO_TEXT = ("\0", "\r")  # what some format does not hold


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file.

    `values` is an array, of texts a Texts; where `missing` is True there is no value. Of kind
    "json" each text is JSON: for values of several types, and for texts that a format cannot hold.
    """

    name: str
    kind: Kind
    values: npt.NDArray[Any] | Texts
    missing: npt.NDArray[np.bool_]

    @property
    def unit(self) -> str:
        """The unit in UDUNITS' spelling; empty for texts and pure numbers."""
        return UNITS.get(self.name.rpartition("_")[2], "") if self.kind == "number" else ""


def columns_of(table: PointTable) -> list[Column]:
    """Return the columns of a table in the order of a frame."""
    everywhere = np.zeros(len(table), np.bool_)
    columns: list[Column] = []
    for name in NAMES:
        if name in TEXTS:
            columns.append(_text_column(name, table.texts[name]))
        elif name in MEASURED:
            values = table.measured[name]
            columns.append(Column(name, "number", values, np.isnan(values)))
        else:
            columns.append(Column(name, "integer", table.integers[name], everywhere))
    names = dict.fromkeys(name for extra in table.extras for name in extra)
    return columns + [_extra_column(name, table) for name in names]


def table_of(columns: Sequence[Column]) -> PointTable:
    """Return the table whose columns these are; raises KeyError if one is missing."""
    found = {column.name: column for column in columns}
    integers = {name: found[name].values for name in ("point", "attempt", "cycle")}
    extras: list[dict[str, Any]] = [{} for _ in range(len(found["point"].missing))]
    for column in columns:
        if column.name not in NAMES:
            for row, value in zip(*_present(column), strict=True):
                extras[row][column.name] = value
    rows = [row for row, extra in enumerate(extras) if extra]
    return PointTable(
        {name: np.asarray(values, np.int64) for name, values in integers.items()},
        {name: np.asarray(found[name].values, np.float64) for name in MEASURED},
        {name: _texts(found[name]) for name in TEXTS},
        np.array(rows, np.int64),
        [extras[row] for row in rows],
    )


def _text_column(name: str, texts: Texts) -> Column:
    odd = any(not text or any(sign in text for sign in _NO_TEXT) for text in texts.distinct)
    if odd:
        texts = Texts(texts.codes, tuple(map(json.dumps, texts.distinct)))
    return Column(name, "json" if odd else "text", texts, texts.codes < 0)


def _extra_column(name: str, table: PointTable) -> Column:
    missing = np.ones(len(table), np.bool_)
    chosen = [number for number, extra in enumerate(table.extras) if name in extra]
    rows = table.extra_rows[chosen]
    values = [table.extras[number][name] for number in chosen]
    missing[rows] = False
    types = set(map(type, values))
    if types == {str}:
        texts: list[str | None] = [None] * len(table)
        for row, value in zip(rows, values, strict=True):
            texts[row] = value
        return _text_column(name, Texts.of(texts))
    for kind, of, empty in _PLAIN:
        if types == {of} and all(map(_is_plain, values)):
            array: npt.NDArray[Any] = np.full(len(table), empty, of)
            array[rows] = values
            return Column(name, kind, array, missing)
    texts = [None] * len(table)
    for row, value in zip(rows, values, strict=True):
        texts[row] = json.dumps(value)
    return Column(name, "json", Texts.of(texts), missing)


def _is_plain(value: float) -> bool:
    return value == value and (not isinstance(value, int) or -(2**63) < value < 2**63)


def _present(column: Column) -> tuple[list[int], list[Any]]:
    rows = np.flatnonzero(~column.missing).tolist()
    if not isinstance(column.values, Texts):
        return rows, column.values[rows].tolist()
    texts = column.values.distinct
    values = [json.loads(text) for text in texts] if column.kind == "json" else list(texts)
    return rows, [values[code] for code in column.values.codes[rows].tolist()]


def _texts(column: Column) -> Texts:
    assert isinstance(column.values, Texts)
    if column.kind != "json":
        return column.values
    return Texts(column.values.codes, tuple(map(json.loads, column.values.distinct)))
