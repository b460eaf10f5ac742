"""The lab file: a device or an array, its circuit and instruments, as TOML, checked key by key."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pyvisa import rname

from ..device import DeviceError, DeviceParameters, TwinParameters, load_device
from .array_wiring import ArrayWiring, array_wiring
from .errors import LabError
from .models.registry import MODELS
from .twins import PREFIX, load_twin

DEFAULT_LAB = "trapezoid"
_LABS = Path(__file__).parent / "labs"
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """Which device sits in the circuit: a preset, a device file, or `model:` and a state model."""

    preset: str = "trapezoid"
    seed: int = 1


@dataclass(frozen=True, slots=True)
class CircuitEntry:
    """What lies between the instruments and the device."""

    amplifier_gain: float = 2.0
    lead_resistance_ohm: float = 1.2


@dataclass(frozen=True, slots=True)
class ElectromagnetEntry:
    """The coil on the supply."""

    field_per_current_T_per_A: float = 0.0125
    inductance_H: float = 0.05
    resistance_ohm: float = 2.0
    remanence_T: float = 3e-4


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """How the lab's time passes."""

    real_time: bool = False


@dataclass(frozen=True, slots=True)
class InstrumentEntry:
    """One instrument and the VISA resource name it answers at."""

    model: str
    address: str


@dataclass(frozen=True, slots=True)
class LabFile:
    """A lab as it is declared."""

    name: str
    parameters: DeviceParameters | TwinParameters
    instruments: tuple[InstrumentEntry, ...]
    device: DeviceEntry = field(default_factory=DeviceEntry)
    circuit: CircuitEntry = field(default_factory=CircuitEntry)
    electromagnet: ElectromagnetEntry = field(default_factory=ElectromagnetEntry)
    time: TimeEntry = field(default_factory=TimeEntry)
    array: ArrayWiring | None = None
    """None: a single device."""
    state_file: str = ""
    """Where an array's devices are kept; nowhere if empty."""


def lab_names() -> tuple[str, ...]:
    """Return the labs that come with the bench."""
    return tuple(sorted(path.stem for path in _LABS.glob("*.toml")))


def read_lab_file(name_or_path: str) -> LabFile:
    """Read a lab by its name, by a path that ends in `.toml`, or as `model:` and a state model.

    The last is the default lab with a twin of the measured device in it. Raises LabError, naming
    file, key and remedy, where the file cannot be used.
    """
    if name_or_path.startswith(PREFIX):
        lab = read_lab_file(DEFAULT_LAB)
        entry = replace(lab.device, preset=name_or_path)
        twin = _parameters(entry, Path(f"{DEFAULT_LAB}.toml"))
        return replace(lab, name=name_or_path, device=entry, parameters=twin)
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if name_or_path not in lab_names():
            raise LabError(
                f"There is no virtual lab {name_or_path!r}: choose one of "
                f"{', '.join(lab_names())}, or give the path of a .toml file."
            )
        path = _LABS / f"{name_or_path}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(
            f"Lab file {path} cannot be read ({error.strerror}): check the path."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"Lab file {path} is not valid TOML: {error}.") from error
    return _lab(document, path)


def _lab(document: Mapping[str, Any], path: Path) -> LabFile:
    sections = ("device", "array", "circuit", "electromagnet", "instrument", "time")
    for key in document:
        if key not in sections:
            raise LabError(
                f"Lab file {path} has an unknown section [{key}]: use {', '.join(sections)}."
            )
    device = _section(document, "device", DeviceEntry, path)
    return LabFile(
        name=path.stem,
        parameters=_parameters(device, path),
        instruments=_instruments(document, path),
        device=device,
        circuit=_section(document, "circuit", CircuitEntry, path),
        electromagnet=_electromagnet(document, path),
        time=_section(document, "time", TimeEntry, path),
        array=_array(document, path),
    )


def _array(document: Mapping[str, Any], path: Path) -> ArrayWiring | None:
    if "array" not in document:
        return None
    return array_wiring(document["array"], f"Lab file {path}, [array]")


def _section(document: Mapping[str, Any], name: str, entry: type[E], path: Path) -> E:
    """Return a section as its dataclass; every key has a default, a type and a plain number."""
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise LabError(f"Lab file {path}, {name}: write it as a section, [{name}].")
    return entry(**_checked(table, entry, f"Lab file {path}, [{name}]"))


def _checked(table: Mapping[str, Any], entry: type[Any], where: str) -> dict[str, Any]:
    known: dict[str, Any] = {item.name: item.type for item in fields(entry)}
    for key, value in table.items():
        if key not in known:
            raise LabError(f"{where} {key}: unknown key, use {', '.join(known)}.")
        wanted = known[key]
        accepted = (int, float) if wanted is float else wanted
        number = wanted in (int, float)
        if not isinstance(value, accepted) or (number and isinstance(value, bool)):
            raise LabError(f"{where} {key}: {value!r} is not {_KINDS[wanted]}.")
        if number and not math.isfinite(value):
            raise LabError(f"{where} {key}: {value!r} is not a finite number.")
    return {key: float(v) if known[key] is float else v for key, v in table.items()}


def _parameters(device: DeviceEntry, path: Path) -> DeviceParameters | TwinParameters:
    if device.seed < 0:
        raise LabError(f"Lab file {path}, [device] seed: must be 0 or more.")
    preset = device.preset
    if preset.endswith(".toml"):
        preset = str(path.parent / preset)
    try:
        return load_twin(preset, path.parent) if preset.startswith(PREFIX) else load_device(preset)
    except DeviceError as error:
        raise LabError(f"Lab file {path}, [device] preset: {error}") from error


def _instruments(document: Mapping[str, Any], path: Path) -> tuple[InstrumentEntry, ...]:
    tables = document.get("instrument", [])
    if not isinstance(tables, list):
        raise LabError(f"Lab file {path}: write every instrument as [[instrument]].")
    entries: dict[str, InstrumentEntry] = {}
    models: set[str] = set()
    for number, table in enumerate(tables, 1):
        where = f"Lab file {path}, [[instrument]] number {number}"
        checked = _checked(table, InstrumentEntry, where)
        for key in ("model", "address"):
            if key not in checked:
                raise LabError(f"{where}: {key} is missing.")
        entry = InstrumentEntry(checked["model"], _address(checked["address"], where))
        if entry.model not in MODELS:
            raise LabError(f"{where} model: {entry.model!r} is unknown, use {', '.join(MODELS)}.")
        if entry.model in models:
            raise LabError(
                f"{where} model: a circuit has one {entry.model}, remove the second one."
            )
        if entry.address in entries:
            raise LabError(
                f"{where} address: {entry.address} is taken by "
                f"{entries[entry.address].model}, choose another one."
            )
        entries[entry.address] = entry
        models.add(entry.model)
    return tuple(entries.values())


def _address(address: str, where: str) -> str:
    try:
        return rname.to_canonical_name(address)
    except rname.InvalidResourceName as error:
        raise LabError(
            f"{where} address: {address!r} is not a VISA resource name such as GPIB0::10::INSTR."
        ) from error


def _electromagnet(document: Mapping[str, Any], path: Path) -> ElectromagnetEntry:
    magnet = _section(document, "electromagnet", ElectromagnetEntry, path)
    for key in ("inductance_H", "resistance_ohm"):
        if getattr(magnet, key) <= 0.0:
            raise LabError(f"Lab file {path}, [electromagnet] {key}: must be above 0.")
    if magnet.remanence_T < 0.0:
        raise LabError(f"Lab file {path}, [electromagnet] remanence_T: must not be negative.")
    return magnet
