"""Device files: TOML in, DeviceParameters out, and back again.

Every key is required except those with a default in `parameters`, and no other key is allowed, so
that a typing error is found when the file is read and not in a measurement. Keys of older files are
not converted: what they meant depended on a stack that they did not state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

import tomli_w
from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ...validation import Section, read_toml, section_of
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
from .pinning import check_pinning

_PRESETS = Path(__file__).parent / "presets"

_OLDER_KEYS = "notch_strength_A_per_m3", "pinning_length_m", "wall_energy_J_per_m2", "depth_to_IN_m"
_OLDER = PydanticCustomError(
    "older_key",
    "belongs to an older version: write exchange_stiffness_J_per_m, anisotropy_J_per_m3 and "
    "dmi_J_per_m2 in [free_layer], pinning_length_m in both contacts, and half_width_m and "
    'fitted_factor in each [[notch]] instead, see "Older device files" in '
    "docs/explanation/device.md",
)

_Notch = Annotated[Notch, section_of(Notch)]
_Contact = Annotated[Contact, section_of(Contact)]


class _DeviceFile(Section):
    name: str
    track: Annotated[Track, section_of(Track)]
    free_layer: Annotated[FreeLayer, section_of(FreeLayer)]
    in_contact: _Contact
    clk_contact: _Contact
    notch: Annotated[tuple[_Notch, ...], Field(min_length=1, strict=False)]
    junction: Annotated[Junction, section_of(Junction)]
    noise: Annotated[Noise, section_of(Noise)]
    heating: Annotated[Heating, section_of(Heating)]

    @model_validator(mode="before")
    @classmethod
    def _refuse_older_keys(cls, table: Any) -> Any:
        older = [
            InitErrorDetails(type=_OLDER, loc=(*where, key), input=section[key])
            for where, section in _sections(table)
            for key in _OLDER_KEYS
            if key in section
        ]
        if older:
            raise ValidationError.from_exception_data("device file", older)
        return table

    @model_validator(mode="after")
    def _check_geometry(self) -> Self:
        length_m = self.track.profile_m[-1][0]
        marks = [0.0, *(notch.position_m for notch in self.notch), length_m]
        if any(left >= right for left, right in pairwise(marks)):
            raise PydanticCustomError(
                "geometry",
                "[[notch]] position_m must rise from notch to notch inside the track "
                "(0 to {length_m} m): put them in order",
                {"length_m": length_m},
            )
        if not 0 <= self.junction.start_m < self.junction.end_m <= length_m:
            raise PydanticCustomError(
                "geometry",
                "[junction] start_m and end_m must lie in order on the track "
                "(0 to {length_m} m): correct them",
                {"length_m": length_m},
            )
        try:
            check_pinning(self.track, self.free_layer, self.notch)
        except DeviceError as problem:
            why = str(problem).removesuffix(".")
            raise PydanticCustomError("pinning", "{why}", {"why": why}) from problem
        return self


def _sections(table: Any) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Yield the free layer and the notches of a file, as far as they are sections."""
    if not isinstance(table, Mapping):
        return
    notches = table.get("notch")
    found: list[tuple[tuple[str | int, ...], Any]] = [(("free_layer",), table.get("free_layer"))]
    if isinstance(notches, list):
        found += [(("notch", number), notch) for number, notch in enumerate(notches)]
    yield from ((where, section) for where, section in found if isinstance(section, Mapping))


def presets() -> list[str]:
    """Return the names of the built-in devices."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def load_device(name_or_path: str | Path) -> DeviceParameters:
    """Read a preset by its name, or a device file by a path that ends in `.toml`.

    Raises DeviceError that names file, line, key and remedy.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if str(name_or_path) not in presets():
            raise DeviceError(
                f"There is no device preset {str(name_or_path)!r}: choose one of "
                f"{', '.join(presets())}, or give the path of a .toml file."
            )
        path = _PRESETS / f"{name_or_path}.toml"
    file = read_toml(path, _DeviceFile, "device file", DeviceError)
    sections = {name: getattr(file, name) for name in _DeviceFile.model_fields}
    return DeviceParameters(notches=sections.pop("notch"), **sections)


def device_toml(parameters: DeviceParameters) -> str:
    """Return the text of the device file that `load_device` reads as these parameters."""
    tables = asdict(parameters)
    notches = tables.pop("notches")
    tables["notch"] = [{k: v for k, v in notch.items() if v is not None} for notch in notches]
    return tomli_w.dumps(tables)
