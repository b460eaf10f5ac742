"""Devices of runs that come from another database, found or added by their names."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..runs.lab import PLACE, remember_device
from ..schema import Device

DESCRIBED = ("geometry", "notes", *PLACE)
"""What a device is described by."""


def description(device: Device) -> dict[str, Any]:
    """Return a device as JSON data; of its place on a wafer what is known."""
    place = {name: value for name in PLACE if (value := getattr(device, name)) is not None}
    return {"name": device.name, "geometry": device.geometry, "notes": device.notes, **place}


def device_id(session: Session, device: Mapping[str, Any]) -> int:
    """Return the number of a device, added if it is new.

    What its row lacks is filled in; what it has is kept.
    """
    row = session.scalar(select(Device).where(Device.name == device["name"]))
    if row is None:
        row = Device(name=device["name"], geometry="", notes="")
        session.add(row)
    for name in DESCRIBED:
        if getattr(row, name) in (None, "") and device.get(name) is not None:
            setattr(row, name, device[name])
    remember_device(session, row)
    session.flush()
    return row.id


def conflict(session: Session, device: Mapping[str, Any]) -> str:
    """Return a sentence that names how a device is described otherwise here; empty if it is not."""
    row = session.scalar(select(Device).where(Device.name == device["name"]))
    if row is None:
        return ""
    kept = description(row)
    differing = [
        f"{name} {kept[name]!r}, not {device[name]!r}"
        for name in DESCRIBED
        if kept.get(name) not in (None, "") and device.get(name) not in (None, "", kept[name])
    ]
    if not differing:
        return ""
    return (
        f"Device {device['name']} is described otherwise there, which is kept "
        f"({'; '.join(differing)}): if they are two devices, their runs now share a name."
    )
