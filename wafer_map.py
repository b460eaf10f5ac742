"""The dies of a wafer, where each lies, and the names of the devices on them.

Dies are rectangles on a grid whose die (0, 0) is centred on the wafer; columns count to the right,
rows upwards. A die is on the map if all of it lies inside the wafer's edge exclusion.
"""

import re
from collections.abc import Iterator
from math import floor, hypot, pi
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .validation import Section

MOST_DIES = 100_000
WAFER, NO_CONTACT = "wafer", "no contact"  # kinds of results in the store

Positive = Annotated[float, Field(gt=0, le=1)]
_PLACE = re.compile(r"(?P<wafer>[^/]+)/d\((?P<column>-?\d+),(?P<row>-?\d+)\)/(?P<device>[^/]+)")


class Die(NamedTuple):
    """Column and row of a die."""

    column: int
    row: int

    def __str__(self) -> str:
        return f"({self.column}, {self.row})"


class WaferMap(Section):
    """The outline of a wafer and the grid of its dies, in m."""

    diameter_m: Positive
    die_width_m: Positive
    die_height_m: Positive
    edge_m: Annotated[float, Field(ge=0, le=0.05)] = 3e-3

    @model_validator(mode="after")
    def _check_number(self) -> Self:
        about = pi / 4 * self.diameter_m**2 / self.die_width_m / self.die_height_m
        if about > MOST_DIES:
            raise PydanticCustomError(
                "map",
                "has room for {about} dies, more than {most}: correct diameter and die",
                {"about": f"{about:.2g}", "most": f"{MOST_DIES:,}"},
            )
        return self

    @property
    def dies(self) -> tuple[Die, ...]:
        """Every die of the map, row by row from the top left."""
        return tuple(self._inside())

    def centre_m(self, die: Die) -> tuple[float, float]:
        """Return where the centre of a die lies, from that of the wafer."""
        return die.column * self.die_width_m, die.row * self.die_height_m

    def _inside(self) -> Iterator[Die]:
        radius_m = self.diameter_m / 2 - self.edge_m
        columns = floor(max(0.0, radius_m) / self.die_width_m)
        rows = floor(max(0.0, radius_m) / self.die_height_m)
        for row in range(rows, -rows - 1, -1):
            for column in range(-columns, columns + 1):
                corner_m = hypot(
                    (abs(column) + 0.5) * self.die_width_m, (abs(row) + 0.5) * self.die_height_m
                )
                if corner_m <= radius_m:
                    yield Die(column, row)


class DevicePlace(NamedTuple):
    """A device of a wafer study: its wafer, its die, and its name on every die."""

    wafer: str
    die: Die
    device: str


def device_name(place: DevicePlace) -> str:
    """Return the name under which the runs of a device on a wafer are stored: W7/d(2,-1)/A3."""
    return f"{place.wafer}/d({place.die.column},{place.die.row})/{place.device}"


def device_place(name: str) -> DevicePlace | None:
    """Return the place that a stored name stands for, None if it is no device on a wafer."""
    match = _PLACE.fullmatch(name)
    if match is None:
        return None
    die = Die(int(match["column"]), int(match["row"]))
    return DevicePlace(match["wafer"], die, match["device"])
