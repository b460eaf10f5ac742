"""Rows chosen by `--where COLUMN=VALUE`, and the check that one device is left."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..errors import ImportFileError
from .cell_numbers import MISSING
from .files.table import Cell, Table

_DEVICE = re.compile(
    r"(?:device|dev|dut|sample|junction|mtj|cell|die|chip|wafer|pixel|word ?line|bit ?line|wl|bl|"
    r"cross ?point|site|pillar|row|col(?:umn)?|channel|ch|address)"
    r"(?: ?(?:id|nr|no|number|name|index|label|#))?",
    re.IGNORECASE,
)
_SHOWN = 6


def where_columns(where: Sequence[str]) -> list[str]:
    """Return the columns named by COLUMN=VALUE conditions; raises ImportFileError."""
    return [_split(condition)[0] for condition in where]


def selected(table: Table, where: Sequence[str]) -> list[int]:
    """Return the rows that meet every condition; raises ImportFileError if there are none."""
    kept = list(range(len(table.rows)))
    for condition in where:
        name, value = _split(condition)
        cells = table.cells(table.position(name))
        kept = [at for at in kept if _key(cells[at]) == _key(value)]
        if not kept:
            raise ImportFileError(
                f"{table.name} has no row with {' and '.join(where)}; {name} is {_values(cells)}."
            )
    return kept


def kept_rows(table: Table, kept: Sequence[int]) -> Table:
    """Return some rows of a table."""
    if len(kept) == len(table.rows):
        return table
    return replace(
        table,
        rows=[table.rows[at] for at in kept],
        lines=[table.lines[at] for at in kept],
        ragged={new: table.ragged[at] for new, at in enumerate(kept) if at in table.ragged},
    )


def names_device(column: str) -> bool:
    """Return whether the name of a column is one of devices, such as "Word line" or "DUT_id"."""
    return _DEVICE.fullmatch(re.sub(r"[_.\- ]+", " ", column).strip()) is not None


def check_one_device(table: Table, mapped: Sequence[int]) -> None:
    """Refuse rows of several devices, as far as the name of a column that is not mapped tells."""
    for at, name in enumerate(table.header):
        if at in mapped or not names_device(name):
            continue
        cells = table.cells(at)
        distinct = {_key(cell) for cell in cells} - {_key("")}
        if 1 < len(distinct) <= len(cells) / 2:  # more are the numbers of samples in time
            raise ImportFileError(
                f"{table.name} has rows of several devices: {name} is {_values(cells)}; choose one "
                f"with --where {_quoted(f'{name}={_first(cells)}')}, or add --accept-unusual if "
                "they belong together."
            )


def _split(condition: str) -> tuple[str, str]:
    name, equals, value = condition.rpartition("=")
    if not equals or not name.strip():
        raise ImportFileError(f"{condition!r} chooses no rows; write COLUMN=VALUE, as in device=2.")
    return name.strip(), value.strip()


def _key(cell: Cell) -> str | float:
    text = "" if cell is None else str(cell).strip().strip('"').strip()
    if text.casefold() in MISSING:
        return ""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text.casefold()


def _first(cells: Sequence[Cell]) -> str:
    return next(_text(cell) for cell in cells if _key(cell) != "")


def _text(cell: Cell) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()


def _values(cells: Sequence[Cell]) -> str:
    distinct = list(
        {_key(cell): _text(cell) for cell in reversed(cells) if _key(cell) != ""}.values()
    )
    shown = ", ".join(reversed(distinct[-_SHOWN:]))
    more = len(distinct) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown or "empty"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or "(" in text else text
