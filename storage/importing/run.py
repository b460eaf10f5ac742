"""Importing a file of another program as a finished run.

Everything is checked before anything is stored; the treatment of the rows is kept in the notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import Point, Status, Store
from ..errors import ImportFileError
from .columns import Column, parse_columns
from .cycles import PROTOCOLS, cycles, phases
from .file import ImportedFile, read_file
from .rows import ImportedRow, parse_rows

AXES: Mapping[str, tuple[str, str]] = {
    "minor-loop": ("field_T", "field_mT"),
    "read-series": ("time_s", "time_s"),
}
"""The swept quantity of each protocol without pulses, and an example of a target for it."""


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """The points of a file, and their provenance."""

    protocol: str
    points: tuple[Point, ...]
    file: str
    sha256: str
    columns: Mapping[str, str]
    remarks: tuple[str, ...]

    @property
    def notes(self) -> str:
        """Source and treatment of the file, in one paragraph."""
        done = f" {'; '.join(self.remarks)}." if self.remarks else ""
        return f"Imported from {self.file}, sha256 {self.sha256}.{done}"


def read_run(
    path: Path, protocol: str, maps: Sequence[str], constants: Sequence[str] = ()
) -> ImportedRun:
    """Read a file as a run of a protocol; `maps` are COLUMN=QUANTITY, `constants` QUANTITY=NUMBER.

    Raises ImportFileError about the first fault.
    """
    if protocol not in PROTOCOLS:
        raise ImportFileError(
            f"{protocol!r} cannot be imported; the protocols are {', '.join(PROTOCOLS)}."
        )
    columns = parse_columns(maps, constants)
    _check_enough(columns, protocol)
    file = read_file(path, [column.name for column in columns if column.constant is None])
    rows, done = parse_rows(file, columns)
    for row in rows:
        _add_constants(row, columns)
    _check_rows(rows, file.name, protocol)
    phase = phases(rows, protocol, file.name)
    cycle = cycles(rows, phase, protocol, file.name)
    first_s = min(row.values.get("time_s", 0.0) for row in rows)
    points = tuple(
        _point(row, its_phase, its_cycle, first_s)
        for row, its_phase, its_cycle in zip(rows, phase, cycle, strict=True)
    )
    return ImportedRun(
        protocol,
        points,
        file.name,
        file.sha256,
        {text.rpartition("=")[0].strip(): text.rpartition("=")[2].strip() for text in maps},
        (*_remarks(file, columns, rows), *done),
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

    Raises ImportFileError if the same file is stored already, unless `again`; StoreError if it
    cannot be stored, and then the run, if begun, is marked as failed.
    """
    if not device.strip():
        raise ImportFileError("The device has no name; give it one.")
    for earlier in () if again else store.runs():
        if run.sha256 in earlier.notes:
            raise ImportFileError(
                f"{run.file} is already stored as run {earlier.id}; add --again to import it again."
            )
    source = {"file": run.file, "sha256": run.sha256, "columns": dict(run.columns)}
    writer = store.begin_run(
        run.protocol,
        device.strip(),
        parameters={"imported": source},
        bench={"name": "imported", "device": {"name": device.strip()}},
        points_expected=len(run.points),
        operator=operator,
        notes="\n".join(filter(None, (notes, run.notes))),
    )
    try:
        for point in run.points:
            writer.add(point)
    except BaseException as error:
        writer.finish(Status.FAILED, f"The import was interrupted: {error or type(error).__name__}")
        raise
    writer.finish(Status.FINISHED)
    return writer.run_id


def _check_enough(columns: Sequence[Column], protocol: str) -> None:
    quantities = {column.quantity for column in columns}
    if not quantities & {"resistance_ohm", "conductance_S"}:
        raise ImportFileError(
            "No column is mapped to a resistance or a conductance; add --map COLUMN=resistance_ohm."
        )
    axis, target = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    if axis not in quantities:
        raise ImportFileError(
            f"A {protocol} needs a column mapped to {axis}; add --map COLUMN={target}."
        )


def _check_rows(rows: Sequence[ImportedRow], name: str, protocol: str) -> None:
    axis, _ = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    whole = sum(axis in row.values and "resistance_ohm" in row.values for row in rows)
    if whole < 2:
        raise ImportFileError(
            f"{name} has {whole} rows with both {axis} and a reading; at least 2 are needed: check "
            "which columns are mapped."
        )
    for row in rows:
        if row.values.get("resistance_ohm", 1.0) <= 0:
            raise ImportFileError(
                f"{name}, line {row.line}: a resistance of {row.values['resistance_ohm']:g} Ω, "
                "which no junction has; correct it or leave the cell empty."
            )
        if row.values.get("pulse_width_s", 1.0) <= 0:
            raise ImportFileError(
                f"{name}, line {row.line}: a pulse {row.values['pulse_width_s']:g} s wide, which "
                "no generator makes; correct it, or leave the width out."
            )


def _add_constants(row: ImportedRow, columns: Sequence[Column]) -> None:
    for column in columns:
        if column.constant is None:
            continue
        if column.quantity == "conductance_S":
            raise ImportFileError("A reading is not the same in every row; map a column to it.")
        row.values[column.quantity] = column.constant


def _remarks(
    file: ImportedFile, columns: Sequence[Column], rows: Sequence[ImportedRow]
) -> tuple[str, ...]:
    known = {column.quantity for column in columns}
    missing = sum("resistance_ohm" not in row.values for row in rows)
    remarks = [f"Comments, empty lines and lines before the header skipped: {file.skipped_lines}"]
    if missing:
        remarks.append(f"rows without a reading: {missing}")
    if "time_s" not in known:
        remarks.append("no times in the file: all set to 0")
    if "cycle" not in known:
        remarks.append("cycles counted from the order of the rows")
    return tuple(remarks)


def _point(row: ImportedRow, phase: str, cycle: int, first_s: float) -> Point:
    values = row.values
    return Point(
        phase=phase,
        time_s=values.get("time_s", first_s) - first_s,
        cycle=cycle,
        amplitude_V=values.get("amplitude_V"),
        pulse_width_s=values.get("pulse_width_s") if "amplitude_V" in values else None,
        field_T=values.get("field_T"),
        voltage_V=values.get("voltage_V"),
        current_A=values.get("current_A"),
        resistance_ohm=values.get("resistance_ohm"),
    )
