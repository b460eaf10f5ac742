"""Makes a finished run of a file from another tool, whose points any analysis then takes.

Everything is checked before anything is stored; what was done to the rows is kept in the notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...analysis.errors import AnalysisError
from .. import Point, Status, Store
from .columns import Column, parse_columns
from .cycles import PROTOCOLS, cycles, phases
from .file import ForeignFile, read_file
from .rows import Reading, readings_of

AXES: Mapping[str, tuple[str, str]] = {
    "minor-loop": ("field_T", "field_mT"),
    "read-series": ("time_s", "time_s"),
}
"""What is moved in a protocol without pulses, and an example of what a column is mapped to."""


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """A file as a run: its points, and where they come from."""

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


def read_foreign(
    path: Path, protocol: str, maps: Sequence[str], constants: Sequence[str] = ()
) -> ForeignRun:
    """Read a file as a run of a protocol; `maps` are COLUMN=QUANTITY, `constants` QUANTITY=NUMBER.

    Raises AnalysisError with one sentence about the first thing that is wrong.
    """
    if protocol not in PROTOCOLS:
        raise AnalysisError(
            f"{protocol!r} cannot be imported; the protocols are {', '.join(PROTOCOLS)}."
        )
    columns = parse_columns(maps, constants)
    _check_enough(columns, protocol)
    file = read_file(path, [column.name for column in columns if column.constant is None])
    readings, done = readings_of(file, columns)
    for reading in readings:
        _add_constants(reading, columns)
    _check_readings(readings, file.name, protocol)
    phase = phases(readings, protocol, file.name)
    cycle = cycles(readings, phase, protocol, file.name)
    first_s = min(reading.values.get("time_s", 0.0) for reading in readings)
    points = tuple(
        _point(reading, its_phase, its_cycle, first_s)
        for reading, its_phase, its_cycle in zip(readings, phase, cycle, strict=True)
    )
    return ForeignRun(
        protocol,
        points,
        file.name,
        file.sha256,
        {text.rpartition("=")[0].strip(): text.rpartition("=")[2].strip() for text in maps},
        (*_of_the_file(file, columns, readings), *done),
    )


def store_foreign(
    store: Store,
    run: ForeignRun,
    device: str,
    *,
    operator: str = "",
    notes: str = "",
    again: bool = False,
) -> int:
    """Keep the run as a finished one and return its number.

    Raises AnalysisError if the same file is in the store already, unless `again`; StoreError if the
    store cannot take it, and then the run, if begun, is marked as failed.
    """
    if not device.strip():
        raise AnalysisError("The device has no name; give it one.")
    for earlier in () if again else store.runs():
        if run.sha256 in earlier.notes:
            raise AnalysisError(
                f"{run.file} is run {earlier.id} already; add --again to import it once more."
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
        writer.finish(Status.FAILED, f"The import broke off: {error or type(error).__name__}")
        raise
    writer.finish(Status.FINISHED)
    return writer.run_id


def _check_enough(columns: Sequence[Column], protocol: str) -> None:
    quantities = {column.quantity for column in columns}
    if not quantities & {"resistance_ohm", "conductance_S"}:
        raise AnalysisError(
            "No column is mapped to a resistance or a conductance; add --map COLUMN=resistance_ohm."
        )
    axis, target = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    if axis not in quantities:
        raise AnalysisError(
            f"A {protocol} needs a column mapped to {axis}; add --map COLUMN={target}."
        )


def _check_readings(readings: Sequence[Reading], name: str, protocol: str) -> None:
    axis, _ = AXES.get(protocol, ("amplitude_V", "amplitude_V"))
    whole = sum(axis in row.values and "resistance_ohm" in row.values for row in readings)
    if whole < 2:
        raise AnalysisError(
            f"{name} has {whole} rows with both {axis} and a reading; at least 2 are needed: check "
            "which columns are mapped."
        )
    for row in readings:
        if row.values.get("resistance_ohm", 1.0) <= 0:
            raise AnalysisError(
                f"{name}, line {row.line}: a resistance of {row.values['resistance_ohm']:g} Ω, "
                "which no junction has; correct it or leave the cell empty."
            )
        if row.values.get("pulse_width_s", 1.0) <= 0:
            raise AnalysisError(
                f"{name}, line {row.line}: a pulse {row.values['pulse_width_s']:g} s wide, which "
                "no generator makes; correct it, or leave the width out."
            )


def _add_constants(reading: Reading, columns: Sequence[Column]) -> None:
    for column in columns:
        if column.constant is None:
            continue
        if column.quantity == "conductance_S":
            raise AnalysisError("A reading is not the same in every row; map a column to it.")
        reading.values[column.quantity] = column.constant


def _of_the_file(
    file: ForeignFile, columns: Sequence[Column], readings: Sequence[Reading]
) -> tuple[str, ...]:
    known = {column.quantity for column in columns}
    missing = sum("resistance_ohm" not in reading.values for reading in readings)
    told = [f"Comments, empty lines and lines before the header passed over: {file.passed_over}"]
    if missing:
        told.append(f"rows without a reading: {missing}")
    if "time_s" not in known:
        told.append("no times in the file: all are 0")
    if "cycle" not in known:
        told.append("cycles counted from the order of the rows")
    return tuple(told)


def _point(reading: Reading, phase: str, cycle: int, first_s: float) -> Point:
    values = reading.values
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
