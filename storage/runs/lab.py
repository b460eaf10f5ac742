"""The lab around the runs: its users, benches, wafers and samples, each known by its name.

A row is added when a run first names it, so that notes can be kept on it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..errors import StoreError
from ..schema import Bench, Device, Named, Run, Sample, User, Wafer

Kind: TypeAlias = Literal["user", "bench", "wafer", "sample"]
PLACE = ("sample", "wafer", "die_row", "die_column")
"""Where a device is, as the section `[device]` of a bench file has it."""
_ROWS: dict[Kind, type[Named]] = {"user": User, "bench": Bench, "wafer": Wafer, "sample": Sample}
_NAMES: dict[Kind, ColumnElement[str | None]] = {
    "user": Run.operator,  # type: ignore[dict-item]
    "bench": Run.bench_name,  # type: ignore[dict-item]
    "wafer": Device.wafer,  # type: ignore[dict-item]
    "sample": Device.sample,  # type: ignore[dict-item]
}
"""Where a run, or its device, names each of them."""


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A user, bench, wafer or sample, with the number of runs that name it and are not deleted."""

    name: str
    runs: int
    notes: str


def names_column(kind: Kind) -> ColumnElement[str | None]:
    """Return the column of runs joined with devices that names a user, bench, wafer or sample."""
    return _NAMES[kind]


def remember(session: Session, kind: Kind, name: str | None) -> None:
    """Add a row of this name, unless it is empty or there is one."""
    row = _ROWS[kind]
    if name and session.get(row, name) is None:
        session.add(row(name=name, notes=""))


def remember_device(session: Session, device: Device) -> None:
    """Add the wafer and the sample of a device."""
    remember(session, "wafer", device.wafer)
    remember(session, "sample", device.sample)


def list_all(session: Session, kind: Kind) -> list[NamedRecord]:
    """Return all users, benches, wafers or samples, in the order of their names."""
    row, column = _ROWS[kind], names_column(kind)
    statement = (
        select(column, func.count())
        .select_from(Run)
        .join(Device, Run.device_id == Device.id)
        .where(Run.deleted.is_(None))
        .group_by(column)
    )
    runs = {row[0]: int(row[1]) for row in session.execute(statement)}
    rows = session.scalars(select(row).order_by(row.name))
    return [NamedRecord(each.name, runs.get(each.name, 0), each.notes) for each in rows]


def annotate(session: Session, kind: Kind, name: str, notes: str) -> None:
    """Replace the notes on a user, bench, wafer or sample; raises StoreError for an unknown one."""
    found = session.get(_ROWS[kind], name)
    if found is None:
        raise StoreError(f"No run has the {kind} {name!r}: dwmtj store names {kind} lists them.")
    found.notes = notes
