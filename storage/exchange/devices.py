"""Devices of runs that come from another database, found or added by their names."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..schema import Device


def device_id(session: Session, device: Mapping[str, str]) -> int:
    """Return the number of a device, added if it is new.

    What its row lacks is filled in; a geometry or notes that it has are kept.
    """
    row = session.scalar(select(Device).where(Device.name == device["name"]))
    if row is None:
        row = Device(**device)
        session.add(row)
    row.geometry = row.geometry or device["geometry"]
    row.notes = row.notes or device["notes"]
    session.flush()
    return row.id


def conflict(session: Session, device: Mapping[str, str]) -> str:
    """Return a sentence that names how a device is described otherwise here; empty if it is not."""
    row = session.scalar(select(Device).where(Device.name == device["name"]))
    if row is None:
        return ""
    kept = {"geometry": row.geometry, "notes": row.notes}
    differing = [
        f"{name} {kept[name]!r}, not {device[name]!r}"
        for name in kept
        if kept[name] and device[name] and kept[name] != device[name]
    ]
    if not differing:
        return ""
    return (
        f"Device {device['name']} is described otherwise there, which is kept "
        f"({'; '.join(differing)}): if they are two devices, their runs now share a name."
    )
