"""From the cells of mapped columns to numbers, units of the file and rows that are data.

Lines of units or comments under the header, remarks and summaries at the end, and headers repeated
in the middle are no rows. What is left must be numbers or gaps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ImportFileError
from .cell_numbers import GAP, NUMBER, OVER, TEXT, Numbers, numbers
from .clock import clock_times, is_clock
from .columns import CLOCK, Column
from .decimal_marks import Marks, marks_of, resolve
from .files.table import Table, plain_name
from .options import ImportOptions
from .selection import check_one_device, kept_rows, selected

_HEADER_LINES = 5  # of units, comments and the like under the names
_WORDS = (
    "mean average avg median std stdev std.dev. sd sigma min max minimum maximum sum total count "
    "mittelwert moyenne"
)
_SUMMARIES = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Converted:
    """The chosen rows of a table, the numbers of its mapped columns, and what was left out."""

    table: Table
    columns: dict[Column, Numbers]
    remarks: tuple[str, ...]


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


def convert(body: Body, columns: Sequence[Column], options: ImportOptions) -> Converted:
    """Return the numbers of the chosen rows; raises ImportFileError for any other text."""
    whole = body.table
    positions = [whole.position(column.name) for column in columns]
    chosen = selected(whole, options.where)
    table = kept_rows(whole, chosen)
    if not options.accept_unusual:
        check_one_device(table, positions)
    known = {column.quantity for column in columns}
    is_placed = bool(known & {"cycle", "time_s"})
    different = _different_rows(table, anywhere=is_placed)
    equal = len(chosen) - len(different)
    remarks = _remarks(body, len(whole.rows) - len(chosen), positions)
    if options.drop_equal:
        table = kept_rows(table, different)
        chosen = [chosen[at] for at in different]
        remarks += [f"duplicate rows dropped: {equal}"] * bool(equal)
    elif equal and is_placed:
        remarks.append(f"equal rows kept: {equal} (--drop-equal drops them)")
    _check_lengths(table)
    found = {
        column: body.numbers[at].take(chosen)
        for column, at in zip(columns, positions, strict=True)
        if column.quantity != "phase"
    }
    return Converted(table, _understood(table, found, options), tuple(remarks))


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


def _different_rows(table: Table, *, anywhere: bool) -> list[int]:
    """Return the rows that repeat no earlier one; unless `anywhere`, not the one just before."""
    rows = list(map(tuple, table.rows))
    if not anywhere:
        return [at for at, row in enumerate(rows) if not at or row != rows[at - 1]]
    if len(set(rows)) == len(rows):
        return list(range(len(rows)))
    return sorted({row: at for at, row in reversed(list(enumerate(rows)))}.values())


def _remarks(body: Body, left_out: int, positions: Sequence[int]) -> list[str]:
    header = body.table.header
    others = [name for at, name in enumerate(header) if at not in positions and name]
    counts = (
        (len(body.header_lines), "lines of units skipped"),
        (body.repeated_headers, "repeated headers skipped"),
        (body.footers, "lines after the data skipped"),
        (left_out, "rows left out by --where"),
    )
    remarks = [f"{what}: {count}" for count, what in counts if count]
    if any(not name.isdecimal() for name in others):
        remarks.append(f"columns not imported: {', '.join(others)}")
    return remarks


def _check_lengths(table: Table) -> None:
    for at, count in sorted(table.ragged.items()):
        raise ImportFileError(
            f"{table.place(at)} has {count} cells where the header has {len(table.header)}; "
            "correct it, or put # before it."
        )


def _understood(
    table: Table, found: dict[Column, Numbers], options: ImportOptions
) -> dict[Column, Numbers]:
    """Return the numbers with clock times and decimal marks understood; refuse other text."""
    for column, one in found.items():
        if column.target.stem == CLOCK:
            cells = table.cells(table.position(column.name))
            found[column] = Numbers(clock_times(table, cells, column.name), one.kinds)
    if options.decimal or any(one.marked for one in found.values()):
        found = _resolved(table, found, options.decimal)
    wrong = [(min(one.texts), column) for column, one in found.items() if one.texts]
    if wrong:
        at, column = min(wrong, key=lambda pair: pair[0])
        text = found[column].texts[at]
        hint = "; map it to clock" if is_clock(text) and column.quantity == "time_s" else ""
        raise ImportFileError(
            f"{table.place(at)}: {column.name} is {text!r}, which is no number{hint}; correct it, "
            "leave the cell empty, or put # before the line."
        )
    return found


def _resolved(
    table: Table, raw: dict[Column, Numbers], decimal: str | None
) -> dict[Column, Numbers]:
    cells = {column: table.cells(table.position(column.name)) for column in raw}
    marks = {column: marks_of(cells[column], found) for column, found in raw.items()}
    of_file = Marks()
    for mark in marks.values():
        of_file |= mark
    resolved: dict[Column, Numbers] = {}
    for column, found in raw.items():
        resolved[column], unclear = resolve(cells[column], found, marks[column], of_file, decimal)
        if unclear is not None:
            raise ImportFileError(
                f"{table.place(unclear)}: {column.name} is {cells[column][unclear]!r}, in which "
                "the comma or dot may be a decimal mark or separate thousands; add --decimal comma "
                "or --decimal point, or write the numbers without thousands separators."
            )
    return resolved
