"""Calibrations: state models by name and version, with the device and the runs they came from."""

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
    """A calibration as it is stored; `data` is the model's document, whose version is `version`."""

    name: str
    version: int
    device: str
    source_runs: tuple[int, ...]
    data: Mapping[str, Any]
    created: datetime


def add(
    session: Session, name: str, device: str, source_runs: Sequence[int], data: Mapping[str, Any]
) -> CalibrationRecord:
    """Store a calibration under the name's next version; raises StoreError."""
    if not name.strip():
        raise StoreError("A calibration needs a name.")
    device_id = session.scalar(select(Device.id).where(Device.name == device))
    if device_id is None:
        raise StoreError(f"There is no device {device!r} here: `dwmtj runs list` shows which are.")
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
    """Return a calibration, the latest version unless one is given; raises StoreError."""
    question = select(Calibration).where(Calibration.name == name)
    if version is not None:
        question = question.where(Calibration.version == version)
    row = session.scalars(question.order_by(Calibration.version.desc()).limit(1)).first()
    if row is None:
        which = name if version is None else f"{name} of version {version}"
        raise StoreError(f"There is no model {which}: `dwmtj models list` shows which there are.")
    return _record(row)


def listed(session: Session) -> list[CalibrationRecord]:
    """Return all calibrations, by name and version."""
    question = select(Calibration).order_by(Calibration.name, Calibration.version)
    return [_record(row) for row in session.scalars(question)]


def _record(row: Calibration) -> CalibrationRecord:
    return CalibrationRecord(
        name=row.name,
        version=row.version,
        device=row.device.name,
        source_runs=tuple(row.source_runs),
        data=row.data,
        created=row.created,
    )
