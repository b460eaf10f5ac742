"""Device files: TOML in, DeviceParameters out, and back again.

Every key is required except `depth_to_IN_m` of a notch and `frozen_share`, and no other key is
allowed, so that a typing error is found when the file is read and not in a measurement.
"""

from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

import tomli_w
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

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

_PRESETS = Path(__file__).parent / "presets"

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
        return self


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
