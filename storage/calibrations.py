"""Calibrations: state models by name and version, with their device and source runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .errors import StoreError
from .schema import Calibration, Device


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """A stored calibration; `data` is the model's document."""

    name: str
    version: int
    device: str
    source_runs: tuple[int, ...]
    data: Mapping[str, Any]
    created: datetime


def add(
    session: Session, name: str, device: str, source_runs: Sequence[int], data: Mapping[str, Any]
) -> CalibrationRecord:
    """Store a calibration as the next version of its name; raises StoreError."""
    if not name.strip():
        raise StoreError("A calibration needs a name.")
    device_id = session.scalar(select(Device.id).where(Device.name == device))
    if device_id is None:
        raise StoreError(f"There is no device {device!r}: `dwmtj runs list` shows those with runs.")
    latest = session.scalar(select(func.max(Calibration.version)).where(Calibration.name == name))
    version = (latest or 0) + 1
    row = Calibration(
        name=name,
        version=version,
        device_id=device_id,
        source_runs=list(source_runs),
        data={**data, "name": name, "version": version},
        created=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return _record(row)


def find(session: Session, name: str, version: int | None = None) -> CalibrationRecord:
    """Return a calibration: the version given, else the latest; raises StoreError."""
    statement = select(Calibration).where(Calibration.name == name)
    if version is not None:
        statement = statement.where(Calibration.version == version)
    row = session.scalars(statement.order_by(Calibration.version.desc()).limit(1)).first()
    if row is None:
        which = name if version is None else f"{name} of version {version}"
        raise StoreError(f"There is no model {which}: `dwmtj models list` lists those that exist.")
    return _record(row)


def list_all(session: Session) -> list[CalibrationRecord]:
    """Return all calibrations, ordered by name and version."""
    statement = select(Calibration).order_by(Calibration.name, Calibration.version)
    return [_record(row) for row in session.scalars(statement)]


def _record(row: Calibration) -> CalibrationRecord:
    return CalibrationRecord(
        name=row.name,
        version=row.version,
        device=row.device.name,
        source_runs=tuple(row.source_runs),
        data=row.data,
        created=row.created,
    )
