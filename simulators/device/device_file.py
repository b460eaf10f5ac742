"""Device files: TOML in, DeviceParameters out, and back again.

Every key is required except `depth_to_IN_m` of a notch, and no other key is allowed, so that a
typing error is found when the file is read and not in a measurement.
"""

import json
import tomllib
from dataclasses import MISSING, asdict, fields
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

from .errors import DeviceError
from .parameters import (
    Contact,
    DeviceParameters,
    FreeLayer,
    Heating,
    Junction,
    Noise,
    Notch,
    Track,
)

_PRESETS = Path(__file__).parent / "presets"
_TABLES = {
    "track": Track,
    "free_layer": FreeLayer,
    "in_contact": Contact,
    "clk_contact": Contact,
    "junction": Junction,
    "noise": Noise,
    "heating": Heating,
}
_KEYS = ("name", *_TABLES, "notch")
_MAY_BE_NEGATIVE = ("stray_field_T", "parallel_field_sign")

_MUST_NOT_BE_ZERO = (
    "heavy_metal_thickness_m",
    "resistivity_ohm_m",
    "thickness_m",
    "saturation_magnetization_A_per_m",
    "spin_hall_angle",
    "attempt_rate_Hz",
    "temperature_K",
    "nucleation_field_T",
    "injection_current_density_A_per_m2",
    "notch_strength_A_per_m3",
    "depth_m",
    "depth_to_IN_m",
    "resistance_area_ohm_m2",
    "tmr_half_voltage_V",
    "breakdown_voltage_V",
    "short_resistance_ohm",
    "time_constant_s",
)


def presets() -> list[str]:
    """Return the names of the devices that come with the package."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def load_device(name_or_path: str | Path) -> DeviceParameters:
    """Read a preset by its name, or a device file by a path that ends in `.toml`.

    Raises DeviceError, naming file, key and remedy, where the file cannot be used.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if str(name_or_path) not in presets():
            raise DeviceError(
                f"There is no device preset {str(name_or_path)!r}: choose one of "
                f"{', '.join(presets())}, or give the path of a .toml file."
            )
        path = _PRESETS / f"{name_or_path}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeviceError(
            f"Device file {path} cannot be read ({error.strerror}): check the path."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeviceError(f"Device file {path} is not valid TOML: {error}.") from error
    return _device(document, path)


def device_toml(parameters: DeviceParameters) -> str:
    """Return the text of the device file that `load_device` reads as these parameters."""
    tables = asdict(parameters)
    lines = [f"name = {json.dumps(tables.pop('name'), ensure_ascii=False)}"]
    notches = tables.pop("notches")
    for key, table in [*tables.items(), *(("[notch]", notch) for notch in notches)]:
        lines += ["", f"[{key}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in table.items() if value is not None]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)


def _device(document: dict[str, Any], path: Path) -> DeviceParameters:
    _check_keys(document, set(_KEYS), set(_KEYS), path, "the file")
    if not isinstance(document["name"], str):
        raise DeviceError(f"{path}: name must be a text, in quotes.")
    notches = document["notch"]
    if not isinstance(notches, list) or not notches:
        raise DeviceError(f"{path}: the notches are missing: write one [[notch]] table for each.")
    parts: dict[str, Any] = {
        key: _part(kind, document[key], path, f"[{key}]") for key, kind in _TABLES.items()
    }
    device = DeviceParameters(
        name=document["name"],
        notches=tuple(
            _part(Notch, table, path, f"[[notch]] number {number}")
            for number, table in enumerate(notches, start=1)
        ),
        **parts,
    )
    _check_geometry(device, path)
    return device


def _part(kind: type[Any], table: object, path: Path, where: str) -> Any:
    if not isinstance(table, dict):
        raise DeviceError(f"{path}: {where} must be a table with one key to a line.")
    known = fields(kind)
    required = {field.name for field in known if field.default is MISSING}
    _check_keys(table, {field.name for field in known}, required, path, where)
    return kind(**{key: _value(key, value, path, where) for key, value in table.items()})


def _value(key: str, value: object, path: Path, where: str) -> object:
    if key == "profile_m":
        return _profile(value, path, where)
    if key == "parallel_field_sign":
        if value not in (-1, 1) or isinstance(value, (bool, float)):
            raise DeviceError(f"{path}: {where} {key} is {value!r}: write 1 or -1.")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise DeviceError(f"{path}: {where} {key} is {value!r}: write a number in SI units.")
    if value < 0 and key not in _MAY_BE_NEGATIVE:
        raise DeviceError(
            f"{path}: {where} {key} is {value!r}: write a number that is not below 0."
        )
    if value == 0 and key in _MUST_NOT_BE_ZERO:
        raise DeviceError(f"{path}: {where} {key} is 0: write a number above 0.")
    return float(value)


def _profile(value: object, path: Path, where: str) -> tuple[tuple[float, float], ...]:
    points = value if isinstance(value, list) else []
    pairs = [
        (float(point[0]), float(point[1]))
        for point in points
        if isinstance(point, list)
        and len(point) == 2
        and all(isinstance(number, (int, float)) for number in point)
    ]
    rising = all(left[0] < right[0] for left, right in pairwise(pairs))
    if len(pairs) < 2 or len(pairs) != len(points) or not rising or pairs[0][0] != 0.0:
        raise DeviceError(
            f"{path}: {where} profile_m must be at least two points [x, width] in metres, "
            "with x rising from 0."
        )
    if min(width for _, width in pairs) <= 0:
        raise DeviceError(f"{path}: {where} profile_m has a width of 0 or below: make it positive.")
    return tuple(pairs)


def _check_geometry(device: DeviceParameters, path: Path) -> None:
    length_m = device.track.profile_m[-1][0]
    marks = [0.0, *(notch.position_m for notch in device.notches), length_m]
    if any(left >= right for left, right in pairwise(marks)):
        raise DeviceError(
            f"{path}: [[notch]] position_m must rise from notch to notch inside the track "
            f"(0 to {length_m} m): put them in order."
        )
    if not 0 <= device.junction.start_m < device.junction.end_m <= length_m:
        raise DeviceError(
            f"{path}: [junction] start_m and end_m must lie in order on the track "
            f"(0 to {length_m} m): correct them."
        )


def _check_keys(
    table: dict[str, Any], allowed: set[str], required: set[str], path: Path, where: str
) -> None:
    for key in table:
        if key not in allowed:
            raise DeviceError(
                f"{path}: {where} has an unknown key {key!r}: remove it, or use one of "
                f"{', '.join(sorted(allowed - set(table)) or sorted(allowed))}."
            )
    missing = sorted(required - set(table))
    if missing:
        raise DeviceError(f"{path}: {where} lacks {', '.join(missing)}: add it.")
