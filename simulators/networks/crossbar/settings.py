"""Settings of single layers: how each is put on devices, or that it stays digital."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any, Self

from torch import nn

from ....analysis.state_model.model import StateModel
from ..errors import NetworkError
from .converters import Converters, check_converters
from .devices import (
    ConductanceRange,
    DeviceLevels,
    all_levels,
    level_count,
    levels_of_range,
)
from .mapping import Clipping, Per, check_mapping

Devices = StateModel | ConductanceRange | DeviceLevels
BITS = 8

Selection = str | Callable[[str, nn.Module], bool]
"""A layer's name, a pattern of names such as "blocks.*", or a predicate of name and module."""


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """What differs for some layers from the settings of the network; None: nothing."""

    digital: bool | None = None
    devices: Devices | None = None
    bits: int | None = None
    clipping: Clipping | None = None
    per: Per | None = None
    converters: Converters | None = None

    def __post_init__(self) -> None:
        """Raise NetworkError for impossible values."""
        if self.digital not in (None, True, False):
            raise NetworkError(f"digital is True or False, not {self.digital!r}.")
        check_mapping(self.clipping or "none", self.per or "layer")
        if self.converters is not None:
            check_converters(self.converters)
        if self.devices is not None:
            levels_of(self.devices, self.bits)
        elif self.bits is not None:
            level_count(self.bits)

    def over(self, other: Self) -> Self:
        """Return these settings where they are given, else the other ones."""
        merged = {
            entry.name: _first(getattr(self, entry.name), getattr(other, entry.name))
            for entry in fields(self)
        }
        if self.devices is not None:
            merged["bits"] = self.bits  # other devices have levels of their own
        return type(self)(**merged)


def settings_of(
    names: Sequence[tuple[str, nn.Module]],
    given: Mapping[Any, LayerSettings],
    network: LayerSettings,
) -> dict[str, LayerSettings]:
    """Return the settings of each array, by its name; a later entry has precedence.

    Raises NetworkError for a name that no array has.
    """
    if not isinstance(given, Mapping):
        raise NetworkError(
            "settings is a dictionary of LayerSettings by name, pattern or predicate, not "
            f"{type(given).__name__}."
        )
    found = {name: network for name, _ in names}
    for selection, settings in given.items():
        if not isinstance(selection, str) and (
            not callable(selection) or isinstance(selection, type)
        ):
            raise NetworkError(
                f"{selection!r} selects no layers: give a name, a pattern of names, or a function "
                "of name and module."
            )
        if not isinstance(settings, LayerSettings):
            raise NetworkError(
                f"The settings of {selection} are {settings!r}: give LayerSettings(…)."
            )
        chosen = [name for name, module in names if _selects(selection, name, module)]
        if not chosen:
            known = [name or "(network)" for name, _ in names]
            shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
            what = (
                f"called {selection!r}" if isinstance(selection, str) else "selected by a function"
            )
            raise NetworkError(f"No layer is {what}: the layers are {shown}.")
        for name in chosen:
            found[name] = settings.over(found[name])
    return found


def levels_of(devices: Devices, bits: int | None) -> DeviceLevels:
    """Return a device's levels: those that it has, or 2^(bits−1) over a range.

    Raises NetworkError for bits of a device that has levels of its own.
    """
    if isinstance(devices, ConductanceRange):
        return levels_of_range(devices, BITS if bits is None else bits)
    if isinstance(devices, StateModel):
        levels, name = all_levels(devices), f"Model {devices.name}"
    elif isinstance(devices, DeviceLevels):
        levels, name = devices, "The device"
    else:
        raise NetworkError(
            f"Devices are a ConductanceRange, DeviceLevels or a state model, not {devices!r}."
        )
    if bits is not None:
        raise NetworkError(
            f"{name} has {len(levels.conductance_S)} levels, whatever the bits: leave bits out, "
            "or give levels_of_device(model, bits) for levels interpolated between them."
        )
    return levels


def _first(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _selects(selection: Selection, name: str, module: nn.Module) -> bool:
    if not isinstance(selection, str):
        return bool(selection(name, module))
    return name == selection or fnmatchcase(name, selection) or name.startswith(f"{selection}.")
