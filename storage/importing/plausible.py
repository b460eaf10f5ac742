"""Checks that imported values are possible: signs, and magnitudes that a wrong unit would give."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import ImportFileError
from .columns import Column
from .files.table import Table

UNUSUAL = "add --accept-unusual if it is meant"

_LARGEST: Mapping[str, tuple[float, str]] = {
    "amplitude_V": (50.0, "V"),
    "pulse_width_s": (10.0, "s"),
    "field_T": (30.0, "T"),
    "voltage_V": (1000.0, "V"),
    "current_A": (100.0, "A"),
    "resistance_ohm": (1e15, "Ω"),
    "temperature_K": (2000.0, "K"),
    "time_s": (1e9, "s"),
}
"""Magnitudes that no measurement of a junction has."""

_TOO_SMALL: Mapping[str, tuple[float, str]] = {
    "amplitude_V": (1e-3, "V"),
    "field_T": (1e-7, "T"),
    "resistance_ohm": (1e-6, "Ω"),
}
"""What the largest magnitude of a column exceeds in every measurement."""

_SHORTEST_PULSE_S = 1e-13


def check_magnitudes(table: Table, rows: pd.DataFrame, columns: Sequence[Column]) -> None:
    """Refuse magnitudes that hint at a wrong unit; raises ImportFileError."""
    for quantity, (limit, unit) in _LARGEST.items():
        values = _magnitudes(rows, quantity)
        if len(values) and values.max() > limit:
            at = int((values > limit).to_numpy().argmax())
            raise _impossible(table, rows, at, quantity, unit, columns)
    for quantity, (limit, unit) in _TOO_SMALL.items():
        values = _magnitudes(rows, quantity)
        if len(values) and 0 < values.max() < limit:
            raise _impossible(table, rows, int(values.to_numpy().argmax()), quantity, unit, columns)
    widths = _magnitudes(rows, "pulse_width_s")
    widths = widths.where(widths > 0, np.inf)
    if len(widths) and widths.min() < _SHORTEST_PULSE_S:
        raise _impossible(
            table, rows, int(widths.to_numpy().argmin()), "pulse_width_s", "s", columns
        )


def check_conditions(conditions: Mapping[str, float]) -> None:
    """Refuse a temperature that no junction survives or that is below zero kelvin."""
    for name, value in conditions.items():
        limit, unit = _LARGEST[name]
        if not 0 < value <= limit:
            raise ImportFileError(
                f"The stated {name.rpartition('_')[0]} of {value:g} {unit} is none at which a "
                f"junction is measured; correct it, or {UNUSUAL}."
            )


def check_signs(table: Table, rows: pd.DataFrame, protocol: str, *, accept_unusual: bool) -> None:
    """Refuse pulses without width and, but in loops, readings of zero or less."""
    if "pulse_width_s" in rows:
        _refuse_first(
            table,
            rows,
            rows["pulse_width_s"] <= 0,
            "a pulse {pulse_width_s:g} s wide, which no "
            "generator makes; correct it, or leave the width out",
        )
    if protocol == "minor-loop" or accept_unusual:
        return
    _refuse_first(
        table,
        rows,
        rows["resistance_ohm"] <= 0,
        "a resistance of {resistance_ohm:g} Ω, which no "
        f"junction has; correct it or leave the cell empty, or {UNUSUAL}, as of a Hall resistance",
    )


def _magnitudes(rows: pd.DataFrame, quantity: str) -> "pd.Series[float]":
    if quantity not in rows:
        return pd.Series(dtype=float)
    return rows[quantity].abs().fillna(0.0)


def _impossible(
    table: Table,
    rows: pd.DataFrame,
    at: int,
    quantity: str,
    unit: str,
    columns: Sequence[Column],
) -> ImportFileError:
    value = float(np.asarray(rows.loc[at, quantity]).item())
    names = [column.name for column in columns if column.quantity == quantity]
    column = f" of {names[0]!r}" if names else ""
    what = quantity.rpartition("_")[0].replace("_", " ")
    return ImportFileError(
        f"{_place(table, rows, at)}: the {what}{column} would be {value:g} {unit}, which no "
        f"measurement of a junction has; map it to the unit it is in, or {UNUSUAL}."
    )


def _refuse_first(table: Table, rows: pd.DataFrame, wrong: "pd.Series[bool]", message: str) -> None:
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        found = message.format(**{str(k): v for k, v in rows.loc[at].items()})
        raise ImportFileError(f"{_place(table, rows, at)}: {found}.")


def _place(table: Table, rows: pd.DataFrame, at: int) -> str:
    return f"{table.name}, {table.line_word} {int(np.asarray(rows.loc[at, 'line']).item())}"
