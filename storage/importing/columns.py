"""Columns of an imported file: quantities, units and the sign of pulses.

A column is mapped as NAME=TARGET. The target is a quantity of the store with its unit, such as
`amplitude_mV` or `resistance_kohm`; a minus sign before it inverts the sign. A conductance is
converted to a resistance.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ImportFileError

TARGETS: Mapping[str, tuple[str, float]] = {
    "cycle": ("cycle", 1.0),
    "phase": ("phase", 1.0),
    "time_s": ("time_s", 1.0),
    "time_ms": ("time_s", 1e-3),
    "time_min": ("time_s", 60.0),
    "time_h": ("time_s", 3600.0),
    "amplitude_V": ("amplitude_V", 1.0),
    "amplitude_mV": ("amplitude_V", 1e-3),
    "pulse_width_s": ("pulse_width_s", 1.0),
    "pulse_width_ms": ("pulse_width_s", 1e-3),
    "pulse_width_us": ("pulse_width_s", 1e-6),
    "pulse_width_ns": ("pulse_width_s", 1e-9),
    "field_T": ("field_T", 1.0),
    "field_mT": ("field_T", 1e-3),
    "field_Oe": ("field_T", 1e-4),
    "voltage_V": ("voltage_V", 1.0),
    "voltage_mV": ("voltage_V", 1e-3),
    "current_A": ("current_A", 1.0),
    "current_mA": ("current_A", 1e-3),
    "current_uA": ("current_A", 1e-6),
    "resistance_ohm": ("resistance_ohm", 1.0),
    "resistance_kohm": ("resistance_ohm", 1e3),
    "resistance_Mohm": ("resistance_ohm", 1e6),
    "conductance_S": ("conductance_S", 1.0),
    "conductance_mS": ("conductance_S", 1e-3),
    "conductance_uS": ("conductance_S", 1e-6),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, or a `constant` in SI units: its quantity and the factor to SI."""

    name: str
    quantity: str
    factor: float
    constant: float | None = None


def parse_columns(maps: Sequence[str], constants: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of NAME=TARGET `maps` and TARGET=VALUE `constants`.

    Raises ImportFileError for a malformed one, an unknown target, or a quantity given twice.
    """
    columns = [_mapped(text) for text in maps] + [_constant(text) for text in constants]
    seen: dict[str, Column] = {}
    for column in columns:
        kind = column.quantity.replace("conductance_S", "resistance_ohm")
        if kind in seen:
            raise ImportFileError(
                f"{seen[kind].name!r} and {column.name!r} are both mapped to {kind}; map one."
            )
        seen[kind] = column
    names = [column.name for column in columns if column.constant is None]
    for name in names:
        if names.count(name) > 1:
            raise ImportFileError(f"The column {name!r} is mapped twice; map it once.")
    return tuple(columns)


def _mapped(text: str) -> Column:
    name, equals, target = text.rpartition("=")
    if not equals or not name.strip():
        raise ImportFileError(f"{text!r} is no map; write COLUMN=QUANTITY, such as V=amplitude_V.")
    quantity, factor = _target(target.strip())
    return Column(name.strip(), quantity, factor)


def _constant(text: str) -> Column:
    target, equals, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not equals or abs(number) == float("inf") or number != number:
        raise ImportFileError(f"{text!r} sets nothing; write QUANTITY=NUMBER, as in field_mT=-4.")
    quantity, factor = _target(target.strip())
    if quantity in ("cycle", "phase", "time_s"):
        raise ImportFileError(f"{quantity} is not the same in every row; map a column to it.")
    return Column(target.strip(), quantity, factor, number * factor)


def _target(target: str) -> tuple[str, float]:
    sign, name = (-1.0, target[1:]) if target.startswith("-") else (1.0, target)
    if name not in TARGETS:
        close = difflib.get_close_matches(name, TARGETS, n=1, cutoff=0.4)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise ImportFileError(
            f"{target!r} is no quantity to import{meant}; there are {', '.join(TARGETS)}."
        )
    quantity, factor = TARGETS[name]
    return quantity, sign * factor
