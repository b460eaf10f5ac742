"""The wafer of a sequence: every device of a die on each of its dies, one touchdown a run."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from ...storage import Store
from ...validation import Section
from ...wafer_map import (
    NO_CONTACT,
    WAFER,
    DevicePlace,
    Die,
    WaferMap,
    device_name,
    device_place,
)
from .faults import fault

if TYPE_CHECKING:
    from .file import SequenceDevice
    from .night import StepOutcome


def _wafer_name(name: str) -> str:
    if re.fullmatch(r"[\w.+-]+", name) is None:
        raise fault((), "takes letters, digits and _ . + - alone", name)
    return name


class SequenceWafer(Section):
    """`[wafer]`: its name, its map, and the dies that are measured, by default all of the map.

    The sequence stops once `stop_after` devices in a row have no contact.
    """

    name: Annotated[str, Field(max_length=40), AfterValidator(_wafer_name)]
    map: WaferMap
    dies: Annotated[
        tuple[Annotated[tuple[int, int], Field(strict=False)], ...], Field(strict=False)
    ] = ()
    stop_after: Annotated[int, Field(ge=1, le=1000)] = 10

    @model_validator(mode="after")
    def _check_dies(self) -> Self:
        on_map = set(self.map.dies)
        if not on_map:
            raise fault("map", "has no die inside the edge: correct diameter and die", "")
        if "dies" in self.model_fields_set and not self.dies:
            raise fault("dies", "is empty: name some, or leave it out for all of the map", "")
        named = set[Die]()
        for number, die in enumerate(self.dies):
            if Die(*die) not in on_map:
                raise fault(("dies", number), "is no die of the map", list(die))
            if Die(*die) in named:
                raise fault(("dies", number), "is there twice; name each once", list(die))
            named.add(Die(*die))
        return self

    @property
    def measured(self) -> tuple[Die, ...]:
        """The dies that are measured, in order."""
        return tuple(Die(*die) for die in self.dies) or self.map.dies

    def devices(self, of_die: Sequence["SequenceDevice"]) -> Iterator["SequenceDevice"]:
        """Yield every device of the wafer, die by die."""
        for die in self.measured:
            for device in of_die:
                name = device_name(DevicePlace(self.name, die, device.name))
                yield device.model_copy(update={"name": name, "die": tuple(die)})


def check_wafer(wafer: SequenceWafer | None, devices: Sequence["SequenceDevice"]) -> None:
    """Raise ValidationError unless the devices are those of one die, or of no wafer."""
    if wafer is not None and not devices:
        raise fault("wafer", "needs the devices of a die: add [[device]]", wafer.name)
    places = dict[tuple[int | None, ...], str]()
    for number, device in enumerate(devices):
        if wafer is None:
            if device.site is not None and device.die is None:
                raise fault(("device", number, "site"), "goes with a die, or [wafer]", device.site)
            continue
        if device.die is not None:
            raise fault(("device", number, "die"), "is that of [wafer]; leave it out", "")
        if "/" in device.name:
            raise fault(("device", number, "name"), "has a /, which [wafer] adds", device.name)
        site = device.site or 0
        other = places.setdefault((site, device.row, device.column), device.name)
        if other != device.name:
            message = f"is the place of {other}, too: give each device a site of its own"
            raise fault(("device", number, "site"), message, site)


def note_wafer(store: Store, tag: str, wafer: SequenceWafer, names: Sequence[str]) -> None:
    """Store that the devices of a wafer are measured in a sequence: its map, and which."""
    data: dict[str, Any] = {
        "tag": tag,
        "map": wafer.map.model_dump(mode="json"),
        "dies": [list(die) for die in wafer.measured],
        "devices": list(names),
    }
    store.add_result(WAFER, wafer.name, configuration={}, data=data, key=f"{tag}/{wafer.name}")


def note_no_contact(store: Store, tag: str, title: str, device: str, why: str) -> None:
    """Store that a device of a wafer had no contact in a step of a sequence."""
    place = device_place(device)
    if place is not None:
        data = {"tag": tag, "device": device, "reason": why}
        store.add_result(NO_CONTACT, place.wafer, configuration={}, data=data, key=f"{tag}/{title}")


def lost_in_a_row(outcomes: Sequence["StepOutcome"]) -> int:
    """Return how many devices were the last ones, all of them without contact."""
    lost = 0
    for outcome in reversed(outcomes):
        if outcome.status == NO_CONTACT:
            lost += 1
        elif outcome.status != "left out":
            break
    return lost
