"""A table of a file: a header, and rows of cells with their place in the file."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import ImportFileError
from ..units import split_name

Cell = str | float | None

_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as read: `header` has a name per column, `lines` the line of each row, from 1.

    `ragged` are rows whose cells do not fit under the header, and how many they have. `remarks` say
    how the table was found in the file, `separator` what stands between the cells of a text.
    """

    name: str
    sha256: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    line_word: str = "line"
    ragged: Mapping[int, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    separator: str = ""

    def position(self, name: str) -> int:
        """Return the index of a column by name, or by number from 1; raises ImportFileError."""
        wanted = plain_name(name)
        names = [plain_name(column) for column in self.header]
        if wanted not in names:  # in a database or an HDF5 file the unit is not part of the name
            names = [split_name(column)[0] for column in names]
        found = [at for at, column in enumerate(names) if column == wanted]
        if len(found) > 1:
            numbers = " or ".join(str(at + 1) for at in found)
            raise ImportFileError(
                f"{self.name} has {len(found)} columns {name!r}; rename all but one, or map it by "
                f"its number, {numbers}."
            )
        if found:
            return found[0]
        if name.isdecimal() and 1 <= int(name) <= len(self.header):
            return int(name) - 1
        raise ImportFileError(
            f"{self.name} has no column {name!r}; it has {', '.join(self.header)}."
        )

    def cells(self, at: int) -> list[Cell]:
        """Return the cells of the column with index `at`."""
        return [row[at] for row in self.rows]

    def place(self, row: int) -> str:
        """Return the place of a row for a message: "a3.csv, line 7"."""
        return f"{self.name}, {self.line_word} {self.lines[row]}"


def plain_name(name: str) -> str:
    """Return a column's name in one spelling of µ, Ω and blanks, to compare it with another.

    Single quotes around it, as Igor writes them, and marks without width are no part of it.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).translate(_NO_WIDTH).split())
    return plain[1:-1] if len(plain) > 2 and plain[0] == plain[-1] == "'" else plain
