"""From the cells of mapped columns in the chosen rows to numbers; other text is refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import ImportFileError
from .body import Body
from .cell_numbers import Numbers
from .clock import clock_times, is_clock
from .columns import CLOCK, Column
from .decimal_marks import Marks, dots_of, marks_of, resolve
from .files.table import Table
from .options import ImportOptions
from .selection import check_one_device, kept_rows


@dataclass(frozen=True, slots=True)
class Converted:
    """The chosen rows of a table, the numbers of its mapped columns, and what was left out."""

    table: Table
    columns: dict[Column, Numbers]
    remarks: tuple[str, ...]


def convert(body: Body, columns: Sequence[Column], options: ImportOptions) -> Converted:
    """Return the numbers of the chosen rows; raises ImportFileError for any other text."""
    table = body.table
    positions = [table.position(column.name) for column in columns]
    if not options.accept_unusual:
        check_one_device(table, positions)
    is_placed = bool({column.quantity for column in columns} & {"cycle", "time_s"})
    kept = _different_rows(table, anywhere=is_placed)
    equal = len(table.rows) - len(kept)
    remarks = _remarks(body, positions)
    if equal and options.drop_equal:
        remarks.append(f"duplicate rows dropped: {equal}")
    elif equal and is_placed:
        remarks.append(f"equal rows kept: {equal} (--drop-equal drops them)")
    if not options.drop_equal:
        kept = range(len(table.rows))
    table = kept_rows(table, kept)
    _check_lengths(table)
    found = {
        column: body.numbers[at].take(kept)
        for column, at in zip(columns, positions, strict=True)
        if column.quantity != "phase"
    }
    has_commas = any(one.marked for one in found.values())
    if table.separator not in ("", ",") and not (options.decimal or has_commas):
        remarks += _dots_in_doubt(table, found)
    return Converted(table, _understood(table, found, options), tuple(remarks))


def _different_rows(table: Table, *, anywhere: bool) -> Sequence[int]:
    """Return the rows that repeat no earlier one; unless `anywhere`, not the one just before."""
    rows = list(map(tuple, table.rows))
    if not anywhere:
        return [at for at, row in enumerate(rows) if not at or row != rows[at - 1]]
    if len(set(rows)) == len(rows):
        return range(len(rows))
    return sorted({row: at for at, row in reversed(list(enumerate(rows)))}.values())


def _remarks(body: Body, positions: Sequence[int]) -> list[str]:
    header = body.table.header
    others = [name for at, name in enumerate(header) if at not in positions and name]
    counts = (
        (len(body.header_lines), "lines of units skipped"),
        (body.repeated_headers, "repeated headers skipped"),
        (body.footers, "lines after the data skipped"),
        (body.left_out, "rows left out by --where"),
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
            raise _unclear(table, unclear, column)
    return resolved


def _dots_in_doubt(table: Table, columns: Iterable[Column]) -> list[str]:
    """Return remarks on dots taken for decimal marks without proof; refuse mixed ones."""
    cells = {column: table.cells(table.position(column.name)) for column in columns}
    found = {column: dots_of(those) for column, those in cells.items()}
    if any(dots.clear for dots in found.values()):
        return []
    remarks = []
    for column, dots in found.items():
        if dots.first is None:
            continue
        if dots.mixed:
            raise _unclear(table, dots.first, column)
        remarks.append(f"{column.name}: the dot of {cells[column][dots.first]} is taken as decimal")
    return remarks


def _unclear(table: Table, at: int, column: Column) -> ImportFileError:
    cell = table.rows[at][table.position(column.name)]
    return ImportFileError(
        f"{table.place(at)}: {column.name} is {cell!r}, in which the comma or dot may be a decimal "
        "mark or separate thousands; add --decimal comma or --decimal point, or write the numbers "
        "without thousands separators."
    )
