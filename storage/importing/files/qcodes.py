"""Tables of QCoDeS databases (.db): the runs of its experiments, read from SQLite.

A run is a table with a column per parameter. QCoDeS stores a row for each measured parameter with
its set points; rows of the same set points that follow each other are one row here.
"""

import io
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ImportFileError
from .arrays import choose_table
from .table import Cell, Table


def read_qcodes(path: Path, sha256: str, columns: Sequence[str], table: str | None) -> Table:
    """Return the run with these columns; `table` is its number. Raises ImportFileError."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return _read(database, path.name, sha256, columns, table)
    except sqlite3.Error as error:
        raise ImportFileError(
            f"{path.name} is no database of QCoDeS ({error}); export what it holds as CSV."
        ) from error


def _read(
    database: sqlite3.Connection,
    name: str,
    sha256: str,
    columns: Sequence[str],
    table: str | None,
) -> Table:
    runs = dict(database.execute("SELECT run_id, result_table_name FROM runs ORDER BY run_id"))
    layouts = {str(run): _layout(database, run) for run in runs}

    def header_of(run: str) -> Sequence[str]:
        return [header for _, header, _ in layouts[run]]

    run = choose_table(name, list(layouts), header_of, columns, table)
    layout = layouts[run]
    selected = ", ".join(_quoted(parameter) for parameter, _, _ in layout)
    stored = database.execute(
        f"SELECT {selected} FROM {_quoted(runs[int(run)])} ORDER BY id"  # noqa: S608 - quoted
    )
    set_points = [at for at, (_, _, is_set_point) in enumerate(layout) if is_set_point]
    rows = _merged([row for record in stored for row in _expanded(name, record)], set_points)
    remarks = (f"QCoDeS run {run}",) if len(runs) > 1 else ()
    header = tuple(header_of(run))
    return Table(name, sha256, header, rows, range(1, len(rows) + 1), "row", remarks=remarks)


def _layout(database: sqlite3.Connection, run: int) -> list[tuple[str, str, bool]]:
    """Return each parameter of a run, its name with the unit, and whether it is a set point."""
    rows = database.execute(
        "SELECT parameter, unit, layout_id IN (SELECT independent FROM dependencies) "
        "FROM layouts WHERE run_id = ? ORDER BY layout_id",
        (run,),
    )
    return [
        (parameter, f"{parameter} ({unit})" if unit else parameter, bool(is_set_point))
        for parameter, unit, is_set_point in rows
    ]


def _expanded(name: str, record: Sequence[Any]) -> list[list[Cell]]:
    """Return the rows of a stored one, of which there are several if it holds arrays."""
    cells: list[Any] = [_array(name, cell) if isinstance(cell, bytes) else cell for cell in record]
    lengths = {len(cell) for cell in cells if isinstance(cell, list)}
    if not lengths:
        return [cells]
    if len(lengths) > 1:
        raise ImportFileError(f"{name} has arrays of different lengths in a row; export it as CSV.")
    count = lengths.pop()
    wide = [cell if isinstance(cell, list) else [cell] * count for cell in cells]
    return [list(row) for row in zip(*wide, strict=True)]


def _array(name: str, cell: bytes) -> list[float]:
    try:
        array = np.load(io.BytesIO(cell), allow_pickle=False)
    except ValueError as error:
        raise ImportFileError(f"{name} has a cell that is no array ({error}).") from error
    return [float(value) for value in np.ravel(array)]


def _merged(rows: Sequence[list[Cell]], set_points: Sequence[int]) -> list[list[Cell]]:
    merged: list[list[Cell]] = []
    for row in rows:
        last = merged[-1] if merged and set_points else None
        others = [at for at in range(len(row)) if at not in set_points and row[at] is not None]
        if (
            last is not None
            and all(last[at] == row[at] for at in set_points)
            and all(last[at] is None for at in others)
        ):
            for at in others:
                last[at] = row[at]
        else:
            merged.append(list(row))
    return merged


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
