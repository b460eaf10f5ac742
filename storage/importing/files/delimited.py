"""Tables of text files: header, separator, comments and cells.

The header is the first line that has all mapped columns as cells; lines before it are skipped. So
are empty lines and lines that begin with #, %, !, ; or // after it. Columns mapped by their number
need no header: their table begins with the first line that has numbers there. Cells are separated
by commas, semicolons, tabs or blanks, and may hold line breaks inside quotes.
"""

import io
from collections.abc import Sequence

from .headers import find_header
from .records import Records
from .table import Table, plain_name


def read_delimited(name: str, sha256: str, text: str, columns: Sequence[str]) -> Table:
    """Return the table with these columns, names or numbers; raises ImportFileError."""
    lines = list(io.StringIO(text, newline=""))
    header = find_header(name, lines, columns)
    records = Records(name, lines, header.lines, header.separator)
    count = len(header.cells)
    commented = _commented(text, header.cells, columns)
    places, rows = records.all()
    ragged: dict[int, int] = {}
    for row, cells in enumerate(rows):
        for at in commented:
            if at < len(cells) and " #" in cells[at]:
                cells = rows[row] = cells[: at + 1]
        if len(cells) != count:
            more = any(cell.strip() for cell in cells[count:])
            if len(cells) < count and header.separator == " ":
                ragged[row] = len(cells)  # which cell is missing is not known
            if more and not cells[count].lstrip().startswith("#"):
                ragged[row] = len(cells)
            rows[row] = [*cells[:count], *[""] * (count - len(cells))]
    skipped = header.lines - header.own_lines + records.skipped
    remarks = (f"Comments, empty lines and lines before the header skipped: {skipped}",)
    return Table(name, sha256, header.cells, rows, places, "line", ragged, remarks)


def _commented(text: str, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Return the mapped columns, in which a # after a blank begins a comment, if any has one."""
    if " #" not in text:
        return []
    wanted = {plain_name(column) for column in columns}
    return [
        at for at, cell in enumerate(header) if plain_name(cell) in wanted or str(at + 1) in wanted
    ]
