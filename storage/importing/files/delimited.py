"""Tables of text files: header, separator, comments and cells.

The header is the first line that has all mapped columns as cells; lines before it are skipped. So
are empty lines and lines that begin with #, %, !, ; or // after it. Columns mapped by their number
need no header: their table begins with the first line that has numbers there. Cells are separated
by commas, semicolons, tabs or blanks, and may hold line breaks inside quotes.
"""

import io
from collections.abc import Sequence

from ...errors import ImportFileError
from ..cell_numbers import NUMBER, numbers
from .headers import find_header
from .records import Header, Records, cells_of
from .table import Table, plain_name

_REMARKS = ("comment", "comments", "remark", "remarks", "note", "notes")


def read_delimited(name: str, sha256: str, text: str, columns: Sequence[str]) -> Table:
    """Return the table with these columns, names or numbers; raises ImportFileError."""
    lines = list(io.StringIO(text, newline=""))
    header = find_header(name, lines, columns)
    records = Records(name, lines, header.lines, header.separator)
    names = _without_empty_end(header.cells)
    places, rows = _of_data(header, *records.all())
    names = _without_remarks(names, rows)
    widest = max(map(len, rows), default=len(names))
    if widest < len(names):
        raise ImportFileError(
            f"{name} has {len(names)} names in line {header.lines}, {', '.join(names)}, but at "
            f"most {widest} cells in a row: which is which is not known; map columns by number."
        )
    units = _commented_units(lines, header)
    places, rows = [*units, *places], [*units.values(), *rows]
    ragged = _fit(rows, len(names), _commented(text, names, columns), header.separator)
    skipped = header.lines - header.own_lines + records.skipped - len(units)
    remark = f"Comments, empty lines and lines before the header skipped: {skipped}"
    remarks = (remark,) if skipped else ()
    return Table(name, sha256, names, rows, places, "line", ragged, remarks, header.separator)


def _of_data(
    header: Header, places: list[int], rows: list[tuple[str, ...]]
) -> tuple[list[int], list[tuple[str, ...]]]:
    """Return the rows that EasyEXPERT marks as data or as their header, else all rows."""
    if header.cells[0] != "DataName":
        return places, rows
    kept = [at for at, row in enumerate(rows) if row[0] in ("DataName", "DataValue")]
    return [places[at] for at in kept], [rows[at] for at in kept]


def _without_remarks(names: tuple[str, ...], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return names without a last one of remarks that no row has, as of LabVIEW's Comment."""
    if names and names[-1].casefold() in _REMARKS and max(map(len, rows), default=0) < len(names):
        return names[:-1]
    return names


def _without_empty_end(names: Sequence[str]) -> tuple[str, ...]:
    """Return names without empty ones at the end, where a line ends in separators."""
    last = max((at for at, name in enumerate(names, start=1) if name), default=0)
    return tuple(names[:last])


def _fit(
    rows: list[tuple[str, ...]], count: int, commented: Sequence[int], separator: str
) -> dict[int, int]:
    """Make every row `count` cells wide, and return those that do not fit, with their width.

    A short row gets gaps at its end; where blanks separate, which cell is missing is not known.
    """
    ragged: dict[int, int] = {}
    if not commented and set(map(len, rows)) == {count}:
        return ragged
    for at, cells in enumerate(rows):
        for column in commented:
            if column < len(cells) and " #" in cells[column]:
                cells = rows[at] = cells[: column + 1]
        if len(cells) == count:
            continue
        more = any(cell.strip() for cell in cells[count:])
        if (more and not cells[count].lstrip().startswith(("#", "%"))) or (
            separator == " " and len(cells) < count
        ):
            ragged[at] = len(cells)
        rows[at] = (*cells[:count], *[""] * (count - len(cells)))
    return ragged


def _commented_units(lines: Sequence[str], header: Header) -> dict[int, tuple[str, ...]]:
    """Return lines of comments right below the header with a text for each column, as of units."""
    found: dict[int, tuple[str, ...]] = {}
    for number, line in enumerate(lines[header.lines :], start=header.lines + 1):
        if not line.startswith("#"):
            break
        cells = tuple(cells_of(line.strip().lstrip("# "), header.separator))
        if len(cells) == len(header.cells) and NUMBER not in numbers(cells).kinds:
            found[number] = cells
    return found


def _commented(text: str, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Return the mapped columns, in which a # after a blank begins a comment, if any has one."""
    if " #" not in text:
        return []
    wanted = {plain_name(column) for column in columns}
    return [
        at for at, cell in enumerate(header) if plain_name(cell) in wanted or str(at + 1) in wanted
    ]
