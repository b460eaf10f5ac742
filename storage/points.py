"""A measured point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, float | int | str | bool | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Point:
    """A measured point in SI units; None where the protocol did not set or read a quantity.

    `phase` is a `Phase`, or any text that names a part of the protocol; `cycle` counts from 0;
    `time_s` is bench time since the attempt began; `extra` holds other quantities by name. `mark`
    says why the reading is not to be trusted; no analysis takes a marked point.
    """

    phase: str
    time_s: float
    cycle: int = 0
    amplitude_V: float | None = None
    pulse_width_s: float | None = None
    field_T: float | None = None
    voltage_V: float | None = None
    current_A: float | None = None
    resistance_ohm: float | None = None
    extra: Mapping[str, float | int | str | bool | None] = field(default_factory=lambda: NOTHING)
    mark: str | None = None
    temperature_K: float | None = None
