"""Importing a file of another program as a finished run.

Everything is checked before anything is stored; the treatment of the rows is kept in the notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from .. import Point, Status, Store
from ..errors import ImportFileError
from .body import body_of, narrowed
from .columns import CURRENT_PULSE, Column, parse_columns
from .conversion import convert
from .cycles import PROTOCOLS
from .files.file import read_table
from .files.table import Table
from .options import ImportOptions
from .plausible import check_conditions, check_magnitudes, check_signs
from .points import points_of
from .rows import parse_rows
from .selection import where_columns
from .stated_units import columns_with_units

AXES: Mapping[str, tuple[str, str]] = {
    "minor-loop": ("field_T", "field_mT"),
    "read-series": ("time_s", "time_s"),
}
"""The swept quantity of each protocol without pulses, and an example of a target for it."""

CONDITIONS = ("temperature_K",)
"""What a constant states of the whole run instead of setting it at each point, as if measured."""


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """The points of a file, and their provenance."""

    protocol: str
    points: tuple[Point, ...]
    file: str
    sha256: str
    columns: Mapping[str, str]
    remarks: tuple[str, ...]
    selection: str = ""
    constants: tuple[str, ...] = ()
    conditions: Mapping[str, float] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The checksum of the file and the rows taken from it, which tell imports apart."""
        return f"sha256 {self.sha256}{self.selection}."

    @property
    def notes(self) -> str:
        """Source and treatment of the file, in one paragraph."""
        done = f" {'; '.join(self.remarks)}." if self.remarks else ""
        return f"Imported from {self.file}, {self.source}{done}"


def read_run(
    path: Path,
    protocol: str,
    maps: Sequence[str],
    constants: Sequence[str] = (),
    options: ImportOptions = ImportOptions(),  # noqa: B008 - frozen
) -> ImportedRun:
    """Read a file as a run of a protocol; `maps` are COLUMN=QUANTITY, `constants` QUANTITY=NUMBER.

    Raises ImportFileError about the first fault.
    """
    if protocol not in PROTOCOLS:
        raise ImportFileError(
            f"{protocol!r} cannot be imported; the protocols are {', '.join(PROTOCOLS)}."
        )
    columns, conditions = _without_conditions(parse_columns(maps, constants))
    _check_enough(columns, protocol)
    mapped = [column for column in columns if column.constant is None]
    names = dict.fromkeys([column.name for column in mapped] + where_columns(options.where))
    table = read_table(path, list(names), options.table)
    body = narrowed(body_of(table, mapped), options.where)
    mapped = columns_with_units(body, mapped, accept_unusual=options.accept_unusual)
    columns = (*mapped, *(column for column in columns if column.constant is not None))
    converted = convert(body, mapped, options)
    rows, remarks = parse_rows(converted, columns, accept_unusual=options.accept_unusual)
    _check_rows(converted.table, rows, protocol)
    check_signs(table, rows, protocol, accept_unusual=options.accept_unusual)
    if not options.accept_unusual:
        check_magnitudes(table, rows, columns)
        check_conditions(conditions)
    return ImportedRun(
        protocol,
        tuple(points_of(table, rows, protocol)),
        table.name,
        table.sha256,
        {column.name: _target_of(text) for column, text in zip(mapped, maps, strict=True)},
        (*table.remarks, *_remarks(rows), *remarks),
        "".join(f", {condition}" for condition in options.chosen),
        tuple(constants),
        conditions,
    )


def store_run(
    store: Store,
    run: ImportedRun,
    device: str,
    *,
    operator: str = "",
    notes: str = "",
    again: bool = False,
) -> int:
    """Store the run as finished and return its number.

    Raises ImportFileError if the same rows of a file are stored already, unless `again`;
    StoreError if it cannot be stored, and then the run, if begun, is marked as failed.
    """
    if not device.strip():
        raise ImportFileError("The device has no name; give it one.")
    for earlier in () if again else store.runs():
        if run.source in earlier.notes:
            raise ImportFileError(
                f"{run.file} is already stored as run {earlier.id}; add --again to import it again."
            )
    source = {
        "file": run.file,
        "sha256": run.sha256,
        "columns": dict(run.columns),
        "constants": list(run.constants),
        "rows": run.selection.removeprefix(", "),
    }
    writer = store.begin_run(
        run.protocol,
        device.strip(),
        parameters={"imported": source},
        bench={"name": "imported", "device": {"name": device.strip()}},
        points_expected=len(run.points),
        operator=operator,
        notes="\n".join(filter(None, (notes, run.notes))),
        conditions=run.conditions,
    )
    try:
        writer.add_all(run.points)
    except BaseException as error:
        writer.finish(Status.FAILED, f"The import was interrupted: {error or type(error).__name__}")
        raise
    writer.finish(Status.FINISHED)
    return writer.run_id


def _without_conditions(
    columns: tuple[Column, ...],
) -> tuple[tuple[Column, ...], dict[str, float]]:
    """Return the columns, and the conditions of the whole run that constants state."""
    stated = {
        column.quantity: column.constant
        for column in columns
        if column.constant is not None and column.quantity in CONDITIONS
    }
    return tuple(column for column in columns if column.quantity not in stated), stated


def _target_of(text: str) -> str:
    name, at, settings = text.rpartition("@")
    return (f"{name.rpartition('=')[2]}@{settings}" if at else text.rpartition("=")[2]).strip()


def _check_enough(columns: Sequence[Column], protocol: str) -> None:
    quantities = {column.quantity for column in columns}
    readings = {"resistance_ohm", "conductance_S"}
    if not quantities & readings and not {"voltage_V", "current_A"} <= quantities:
        raise ImportFileError(
            "No column is mapped to a resistance, a conductance, or both a voltage and a current; "
            "add --map COLUMN=resistance_ohm."
        )
    for column in columns:
        if column.constant is not None and column.quantity in readings:
            raise ImportFileError("A reading is not the same in every row; map a column to it.")
    axis, target = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    settings = {key for column in columns for key in column.settings}
    if axis == "amplitude_V" and (CURRENT_PULSE in quantities or "phase" in settings):
        return
    if axis not in quantities | settings:
        raise ImportFileError(
            f"A {protocol} needs a column mapped to {axis}; add --map COLUMN={target}."
        )


def _check_rows(table: Table, rows: pd.DataFrame, protocol: str) -> None:
    axis, _ = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    has_axis = rows[axis].notna() if axis in rows else rows["phase"].notna()
    whole = int((has_axis & rows["resistance_ohm"].notna()).sum())
    if whole < 2:
        raise ImportFileError(
            f"{table.name} has {whole} rows with both {axis} and a reading; at least 2 are needed: "
            "check which columns are mapped."
        )


def _remarks(rows: pd.DataFrame) -> list[str]:
    missing = int(rows["resistance_ohm"].isna().sum())
    remarks = [f"rows without a reading: {missing}"] if missing else []
    if "time_s" not in rows:
        remarks.append("no column gives the time: all times set to 0")
    if "cycle" not in rows:
        remarks.append("cycles counted from the order of the rows")
    return remarks
