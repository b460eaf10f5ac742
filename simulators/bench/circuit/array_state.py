"""Array files: the state of an array's devices on disk, as it outlives a process in real ones.

A file is a padded line of JSON metadata and one record per device, mapped into memory: the effect
of a pulse is in the file when the pulse is over, and remains there if the process is killed. Only a
power cut of the computer may lose the latest pulses.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...device import Device
from ..errors import LabError

_HEADER_BYTES = 4096
_SCHEMA = "dwmtj-array"


def kept_devices(path: Path, fresh: Device) -> Device:
    """Return the devices in a file, created as the `fresh` ones if missing; raises LabError."""
    parameters, count = fresh.parameters, fresh.count
    header = _header(fresh)
    try:
        if not path.exists():
            _write(path, header, fresh.state)
        with path.open("rb") as file:
            same = file.read(_HEADER_BYTES) == header
        if not same or path.stat().st_size != _HEADER_BYTES + fresh.state.nbytes:
            raise LabError(
                f"{path} holds no array of {count} devices of the kind {parameters.name!r} with "
                "its present parameters: give another file, or remove it to start with new devices."
            )
        mapped = np.memmap(path, fresh.state.dtype, "r+", _HEADER_BYTES, (count,))
    except (OSError, ValueError) as error:
        raise LabError(f"The array in {path} cannot be read or written ({error}).") from error
    return Device(parameters, 1, count, state=np.asarray(mapped))


def _header(devices: Device) -> bytes:
    metadata = {
        "schema": _SCHEMA,
        "schema_version": 1,
        "kind": devices.parameters.name,
        "count": devices.count,
        "parameters": hashlib.sha256(repr(devices.parameters).encode()).hexdigest(),
        "record": devices.state.dtype.descr,
    }
    return json.dumps(metadata).encode().ljust(_HEADER_BYTES - 1) + b"\n"


def _write(path: Path, header: bytes, state: NDArray[Any]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(header + state.tobytes())
    partial.replace(path)
