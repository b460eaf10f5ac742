"""Keeps an array's devices in a file, so that they remember beyond the process, as real ones do.

The file is a line of JSON that says what it holds, padded, and then one record a device, which is
mapped into memory: what a pulse does to a device is in the file when the pulse is over, and stays
there when the process is killed. Only a power cut of the computer may lose the latest pulses.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...device import Device, DeviceParameters
from ..errors import LabError

_HEADER_BYTES = 4096
_SCHEMA = "dwmtj-array"


def kept_devices(path: Path, parameters: DeviceParameters, seed: int, count: int) -> Device:
    """Return the devices in a file, drawn from the seed when there is none yet; raises LabError."""
    fresh = Device(parameters, seed, count)
    header = _header(fresh)
    try:
        if not path.exists():
            _write(path, header, fresh.state)
        with path.open("rb") as file:
            same = file.read(_HEADER_BYTES) == header
        if not same or path.stat().st_size != _HEADER_BYTES + fresh.state.nbytes:
            raise LabError(
                f"{path} holds no array of {count} devices of the kind {parameters.name!r} as that "
                "is now: give another file, or remove it to begin with new devices."
            )
        mapped = np.memmap(path, fresh.state.dtype, "r+", _HEADER_BYTES, (count,))
    except (OSError, ValueError) as error:
        raise LabError(f"The array in {path} cannot be read or written ({error}).") from error
    return Device(parameters, seed, count, state=np.asarray(mapped))


def _header(devices: Device) -> bytes:
    told = {
        "schema": _SCHEMA,
        "schema_version": 1,
        "kind": devices.parameters.name,
        "count": devices.count,
        "parameters": hashlib.sha256(repr(devices.parameters).encode()).hexdigest(),
        "record": devices.state.dtype.descr,
    }
    return json.dumps(told).encode().ljust(_HEADER_BYTES - 1) + b"\n"


def _write(path: Path, header: bytes, state: NDArray[Any]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(header + state.tobytes())
    partial.replace(path)
