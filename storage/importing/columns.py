"""Columns of an imported file: quantities, units and the sign of pulses.

A column is mapped as NAME=TARGET. The target is a quantity of the store with its unit, such as
`amplitude_mV` or `resistance_kohm`; without the unit, `amplitude`, it is that of the file. A minus
sign before it inverts the sign. What holds for the readings of one column only follows an @:
`LRS=resistance_ohm@amplitude_V=2.5,phase=write`.
"""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ImportFileError
from .units import UNITS, stated_unit

Values = TypeVar("Values", float, NDArray[np.float64])

QUANTITIES: Mapping[str, str] = {
    "time": "time_s",
    "amplitude": "amplitude_V",
    "pulse_width": "pulse_width_s",
    "field": "field_T",
    "voltage": "voltage_V",
    "current": "current_A",
    "resistance": "resistance_ohm",
    "conductance": "conductance_S",
    "temperature": "temperature_K",
    "write_resistance": "write_resistance_ohm",
}
"""Physical quantities as targets without a unit, and their names in SI units."""

_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "amplitude": ("voltage", "current"),
    "pulse_width": ("time",),
    "write_resistance": ("resistance",),
}
PLAIN = ("cycle", "pulse", "phase", "clock")
"""Targets without a unit: whole numbers, the name of a phase, a time of day or a date with it."""

CLOCK = "clock"
"""The stem of a target that is a clock time."""

CURRENT_PULSE = "amplitude_A"
"""The quantity of pulses that are given as a current."""

READINGS = ("resistance_ohm", "conductance_S", "voltage_V", "current_A")


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity and how to convert to it: value · factor + offset; no unit: that of the file."""

    quantity: str
    unit: str | None = None
    factor: float = 1.0
    offset: float = 0.0
    stem: str = ""

    def to_si(self, values: Values) -> Values:
        """Return values in SI units; 3800 mV are 3.8 V, not 3.8000000000000003 V."""
        if abs(self.factor) < 1 and abs(1 / self.factor - round(1 / self.factor)) < 1e-6:
            return values / round(1 / self.factor) + self.offset
        return values * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, or a `constant` in SI units, with what holds for its readings only."""

    name: str
    target: Target
    constant: float | None = None
    settings: Mapping[str, float | str] = field(default_factory=dict, hash=False)

    @property
    def quantity(self) -> str:
        return self.target.quantity


def dimensions(stem: str) -> tuple[str, ...]:
    """Return what the units of a quantity measure, such as ("voltage", "current") for pulses."""
    return _DIMENSIONS.get(stem, (stem,))


def _targets() -> dict[str, Target]:
    found = {name: Target(name) for name in PLAIN}
    found[CLOCK] = Target("time_s", stem=CLOCK)
    for stem, quantity in QUANTITIES.items():
        for name, unit in UNITS.items():
            if unit.dimension in dimensions(stem):
                is_current = stem == "amplitude" and unit.dimension == "current"
                found[f"{stem}_{name}"] = Target(
                    CURRENT_PULSE if is_current else quantity, name, unit.factor, unit.offset, stem
                )
    return found


TARGETS: Mapping[str, Target] = _targets()


def parse_columns(maps: Sequence[str], constants: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of NAME=TARGET `maps` and TARGET=VALUE `constants`.

    Raises ImportFileError for a malformed one, an unknown target, or a quantity given twice that
    no row has twice.
    """
    columns = [_mapped(text) for text in maps] + [_constant(text) for text in constants]
    _reject_doubles(columns)
    names = [column.name for column in columns if column.constant is None]
    for name in names:
        if names.count(name) > 1:
            raise ImportFileError(f"The column {name!r} is mapped twice; map it once.")
    return tuple(columns)


def with_unit(column: Column, text: str) -> Column:
    """Return a column in the unit that a file states; raises ImportFileError for another kind."""
    stem, unit = column.target.stem, stated_unit(text)
    if unit is None or unit.dimension not in dimensions(stem):
        raise ImportFileError(
            f"The column {column.name!r} is in {text}, which is no unit of {stem}; map it to "
            "another quantity, or give the unit."
        )
    sign = column.target.factor
    is_current = stem == "amplitude" and unit.dimension == "current"
    quantity = CURRENT_PULSE if is_current else QUANTITIES[stem]
    target = Target(quantity, text, sign * unit.factor, sign * unit.offset, stem)
    return replace(column, target=target)


def _mapped(text: str) -> Column:
    plain, settings = text, ""
    before, at, after = text.rpartition("@")
    if at and "=" in after and _is_target(before.rpartition("=")[2]):
        plain, settings = before, after
    name, equals, target = plain.rpartition("=")
    if not equals or not name.strip():
        raise ImportFileError(f"{text!r} is no map; write COLUMN=QUANTITY, such as V=amplitude_V.")
    column = Column(name.strip(), _target(target.strip(), unit_of_file=True))
    if settings and column.quantity not in READINGS:
        raise ImportFileError(f"{text!r}: only a reading has values of its own after an @.")
    return replace(column, settings=_settings(settings))


def _settings(text: str) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for one in filter(None, text.split(",")):
        key, _, value = one.partition("=")
        if key.strip() == "phase":
            found["phase"] = value.strip()
        elif key.strip() == "cycle":
            found["cycle"] = _number(one, value)
        else:
            constant = _constant(one)
            found[constant.quantity] = constant.constant or 0.0
    return found


def _constant(text: str) -> Column:
    name, equals, value = text.partition("=")
    number = _number(text, value if equals else "")
    target = _target(name.strip())
    if target.quantity in (*PLAIN, "time_s"):
        raise ImportFileError(f"{name.strip()} is not the same in every row; map a column to it.")
    return Column(name.strip(), target, target.to_si(number))


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if abs(number) == float("inf") or number != number:
        raise ImportFileError(f"{text!r} sets nothing; write QUANTITY=NUMBER, as in field_mT=-4.")
    return number


def _plain(target: str) -> str:
    plain = unicodedata.normalize("NFKC", target).replace("μ", "u").replace("Ω", "ohm")
    return plain.removeprefix("-")


def _is_target(target: str) -> bool:
    return _plain(target.strip()) in TARGETS or _plain(target.strip()) in QUANTITIES


def _target(target: str, *, unit_of_file: bool = False) -> Target:
    name, sign = _plain(target), -1.0 if target.startswith("-") else 1.0
    if name in TARGETS:
        found = TARGETS[name]
    elif unit_of_file and name in QUANTITIES:
        found = Target(QUANTITIES[name], stem=name)
    else:
        close = difflib.get_close_matches(name, TARGETS, n=1, cutoff=0.4)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise ImportFileError(
            f"{target!r} is no quantity to import{meant}; there are {', '.join(PLAIN)} and "
            f"{', '.join(QUANTITIES)} with a unit, such as resistance_kohm."
        )
    if sign < 0 and found.quantity in PLAIN:
        raise ImportFileError(f"{target!r} has no sign to invert; write {name}.")
    return replace(found, factor=sign * found.factor, offset=sign * found.offset)


def _reject_doubles(columns: Sequence[Column]) -> None:
    """Refuse a quantity given twice, unless as columns of several readings in a row."""
    seen: dict[str, Column] = {}
    for column in columns:
        kind = _KINDS.get(column.quantity, column.quantity)
        before = seen.setdefault(kind, column)
        if before is column:
            continue
        constant = before.constant is not None or column.constant is not None
        if constant or before.quantity != column.quantity or kind not in _REPEATED:
            raise ImportFileError(
                f"{before.name!r} and {column.name!r} are both mapped to {kind}; map one."
            )


_KINDS = {"conductance_S": "resistance_ohm", CURRENT_PULSE: "amplitude_V"}
_REPEATED = ("amplitude_V", "pulse_width_s", "field_T", "voltage_V", "current_A", "resistance_ohm")
