"""The lab file: a device or an array, its circuit and instruments, as TOML."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from pyvisa import rname

from ...lab_address import MODEL_PREFIX
from ...validation import Section, read_toml
from ..device import DeviceError, DeviceParameters, TwinParameters, load_device
from .array_wiring import ArrayWiring
from .circuit.wafer import WaferSection
from .errors import LabError
from .models.registry import MODELS
from .twins import FindModel, load_twin, no_models

DEFAULT_LAB = "trapezoid"
PROBER = "SENTIO"
_LABS = Path(__file__).parent / "labs"

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class DeviceSection(Section):
    """`[device]`: a preset, a device file, or `model:` and a state model, for a digital twin."""

    preset: str = "trapezoid"
    seed: Annotated[int, Field(ge=0)] = 1


class CircuitSection(Section):
    """`[circuit]`: what lies between the instruments and the device."""

    amplifier_gain: float = 2.0
    lead_resistance_ohm: float = 1.2
    meter_terminals: Literal["front", "rear"] = "front"
    series_resistance_ohm: Positive = 4e3


class ElectromagnetSection(Section):
    """`[electromagnet]`: the coil on the supply."""

    field_per_current_T_per_A: float = 0.0125
    inductance_H: Positive = 0.05
    resistance_ohm: Positive = 2.0
    remanence_T: NotNegative = 3e-4


class TimeSection(Section):
    """`[time]`: the pace of the lab's clock."""

    real_time: bool = False


def _check_model(model: str) -> str:
    if model not in MODELS:
        raise PydanticCustomError(
            "model", "Input should be one of {known}", {"known": ", ".join(MODELS)}
        )
    return model


def _canonical(address: str) -> str:
    try:
        return rname.to_canonical_name(address)
    except rname.InvalidResourceName:
        raise PydanticCustomError(
            "address", "Input should be a VISA resource name such as GPIB0::10::INSTR"
        ) from None


class InstrumentSection(Section):
    """`[[instrument]]`: a model and the VISA resource name it answers at."""

    model: Annotated[str, AfterValidator(_check_model)]
    address: Annotated[str, AfterValidator(_canonical)]


class LabSections(Section):
    """The content of a lab file; `array` and `wafer` are None for a single device."""

    device: DeviceSection = DeviceSection()
    array: ArrayWiring | None = None
    wafer: WaferSection | None = None
    circuit: CircuitSection = CircuitSection()
    electromagnet: ElectromagnetSection = ElectromagnetSection()
    instrument: Annotated[tuple[InstrumentSection, ...], Field(strict=False)] = ()
    time: TimeSection = TimeSection()

    @model_validator(mode="after")
    def _check_instruments_differ(self) -> Self:
        for key in ("model", "address"):
            counts = Counter(getattr(instrument, key) for instrument in self.instrument)
            for value, count in counts.items():
                if count > 1:
                    raise PydanticCustomError(
                        "instrument",
                        "[[instrument]] {key} {value} is used {count} times: each must differ, as "
                        "a circuit has one instrument of a model and one at an address",
                        {"key": key, "value": value, "count": count},
                    )
        return self

    @model_validator(mode="after")
    def _check_wafer(self) -> Self:
        has_prober = any(instrument.model == PROBER for instrument in self.instrument)
        if (self.wafer is not None) is not has_prober:
            raise PydanticCustomError(
                "wafer",
                "[wafer] and the [[instrument]] {prober} need each other: add the one that lacks",
                {"prober": PROBER},
            )
        if self.wafer is not None and self.array is not None:
            raise PydanticCustomError("wafer", "[wafer] and [array] exclude each other: choose one")
        return self


@dataclass(frozen=True, slots=True)
class LabFile:
    """A lab as it is declared; `state_file` keeps an array's devices, none if empty.

    `stuck` has the place of each device of an array whose wall nothing moves, and its site.
    """

    name: str
    sections: LabSections
    parameters: DeviceParameters | TwinParameters
    state_file: str = ""
    stuck: Mapping[int, int] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The seed of its devices and of its instruments' noise."""
        return self.sections.device.seed

    def with_seed(self, seed: int) -> Self:
        """Return the lab with another seed."""
        device = self.sections.device.model_copy(update={"seed": seed})
        return replace(self, sections=self.sections.model_copy(update={"device": device}))

    def with_temperature(self, temperature_K: float) -> Self:
        """Return the lab with its devices at another temperature; digital twins have none."""
        if isinstance(self.parameters, TwinParameters):
            return self
        layer = replace(self.parameters.free_layer, temperature_K=temperature_K)
        return replace(self, parameters=replace(self.parameters, free_layer=layer))

    def with_pace(self, *, real_time: bool) -> Self:
        """Return the lab at the pace of the wall clock, or as fast as it can."""
        time = TimeSection(real_time=real_time)
        return replace(self, sections=self.sections.model_copy(update={"time": time}))


def lab_names() -> tuple[str, ...]:
    """Return the names of the built-in labs."""
    return tuple(sorted(path.stem for path in _LABS.glob("*.toml")))


def read_lab_file(name_or_path: str, find_model: FindModel = no_models) -> LabFile:
    """Read a lab by its name, by a path that ends in `.toml`, or as `model:` and a state model.

    The last is the default lab with a digital twin of the measured device in it; `find_model`
    returns the document of a state model by its name. Raises LabError that names file, line, key
    and remedy.
    """
    twin = name_or_path.startswith(MODEL_PREFIX)
    path = Path(name_or_path)
    if path.suffix != ".toml" or twin:
        name = DEFAULT_LAB if twin else name_or_path
        if name not in lab_names():
            raise LabError(
                f"There is no virtual lab {name!r}: choose one of {', '.join(lab_names())}, or "
                "give the path of a .toml file."
            )
        path = _LABS / f"{name}.toml"
    sections = read_toml(path, LabSections, "lab file", LabError)
    try:
        if twin:
            parameters = load_twin(name_or_path, Path(), find_model)
            return LabFile(name_or_path, sections, parameters)
        preset = sections.device.preset
        if preset.startswith(MODEL_PREFIX):
            return LabFile(path.stem, sections, load_twin(preset, path.parent, find_model))
        if preset.endswith(".toml"):
            preset = str(path.parent / preset)
        return LabFile(path.stem, sections, load_device(preset))
    except DeviceError as error:
        raise LabError(f"Lab file {path}, [device] preset: {error}") from error
