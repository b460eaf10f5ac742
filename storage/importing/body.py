"""The rows of a table that are data.

Lines of units or comments under the header, remarks and summaries at the end, and headers repeated
in the middle are none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .cell_numbers import GAP, NUMBER, OVER, TEXT, Numbers, numbers
from .clock import is_clock
from .columns import CLOCK, Column
from .files.table import Table, plain_name
from .selection import kept_rows, selected

_HEADER_LINES = 5  # of units, comments and the like under the names
_WORDS = (
    "mean average avg median std stdev std.dev. sd sigma min max minimum maximum sum total count "
    "mittelwert moyenne"
)
_SUMMARIES = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Body:
    """A table without its lines of units and footers, and its numbers by column of the table.

    `header_lines` are the lines of units, from the top.
    """

    table: Table
    numbers: Mapping[int, Numbers]
    header_lines: tuple[tuple[str, ...], ...]
    footers: int
    repeated_headers: int
    left_out: int = 0


def body_of(table: Table, columns: Sequence[Column]) -> Body:
    """Return the rows from the first to the last with a number in a mapped column."""
    found = {table.position(column.name): _raw(table, column) for column in columns}
    kinds = np.array([one.kinds for one in found.values()])
    has_number = ((kinds == NUMBER) | (kinds == OVER)).any(axis=0)
    has_text = (kinds == TEXT).any(axis=0)
    filled = np.flatnonzero(has_number)
    first = int(filled[0]) if len(filled) else 0
    if has_text[:first].sum() > _HEADER_LINES:
        first = 0
    last = int(filled[-1]) + 1 if len(filled) else len(table.rows)
    while last > first + 1 and _is_summary(table.rows[last - 1]):
        last -= 1
    texts = (first + np.flatnonzero(has_text[first:last])).tolist()
    repeated = {at for at in texts if _is_header(table, at)}
    kept = [at for at in range(first, last) if at not in repeated]
    header_lines = tuple(
        tuple("" if cell is None else str(cell) for cell in table.rows[at])
        for at in range(first)
        if has_text[at]
    )
    footers = sum(has_text[at] or _is_summary(table.rows[at]) for at in range(last, len(kinds.T)))
    rows = {at: one.take(kept) for at, one in found.items()}
    return Body(kept_rows(table, kept), rows, header_lines, int(footers), len(repeated))


def narrowed(body: Body, where: Sequence[str]) -> Body:
    """Return the rows that meet COLUMN=VALUE conditions; raises ImportFileError if none does."""
    kept = selected(body.table, where)
    return replace(
        body,
        table=kept_rows(body.table, kept),
        numbers={at: one.take(kept) for at, one in body.numbers.items()},
        left_out=len(body.table.rows) - len(kept),
    )


def _raw(table: Table, column: Column) -> Numbers:
    cells = table.cells(table.position(column.name))
    if column.target.stem == CLOCK:
        kinds = [NUMBER if is_clock(cell) else TEXT for cell in cells]
        return Numbers(np.full(len(cells), np.nan), np.array(kinds, dtype=np.int8))
    if column.quantity == "phase":
        return Numbers(np.full(len(cells), np.nan), np.full(len(cells), GAP, dtype=np.int8))
    return numbers(cells)


def _is_summary(row: Sequence[object]) -> bool:
    return any(
        isinstance(cell, str) and cell.strip().casefold().rstrip(":") in _SUMMARIES for cell in row
    )


def _is_header(table: Table, at: int) -> bool:
    row = ["" if cell is None else plain_name(str(cell)) for cell in table.rows[at]]
    return row == [plain_name(name) for name in table.header]
