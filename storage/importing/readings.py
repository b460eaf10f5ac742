"""Rows of the file with several readings, spread into one row a reading.

The k-th columns of each repeated quantity belong together: "Vset, R_LRS, Vreset, R_HRS" are two
pulses and two readings. Of several readings after one pulse, those after the first have none.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ImportFileError
from ..phase import Phase
from .columns import CURRENT_PULSE, READINGS, Column
from .conversion import Converted

_PULSE = ("amplitude_V", CURRENT_PULSE, "pulse_width_s", "pulse")


def spread_readings(converted: Converted, columns: Sequence[Column]) -> tuple[pd.DataFrame, int]:
    """Return a row per reading, a column per quantity, and how many readings a row has."""
    mapped = [column for column in columns if column.constant is None]
    by_quantity: dict[str, list[Column]] = {}
    for column in mapped:
        by_quantity.setdefault(column.quantity, []).append(column)
    slots = max((len(found) for found in by_quantity.values()), default=1)
    for quantity, found in by_quantity.items():
        if len(found) not in (1, slots):
            raise ImportFileError(
                f"{len(found)} columns are mapped to {quantity}, but {slots} to another quantity; "
                "map one, or as many of each."
            )
    parts = [_slot(converted, by_quantity, slot) for slot in range(slots)]
    rows = pd.concat(parts, ignore_index=True) if slots > 1 else parts[0]
    if slots > 1:
        count = len(converted.table.rows)
        rows = rows.iloc[np.arange(slots * count).reshape(slots, count).T.ravel()]
        rows = rows.reset_index(drop=True)
    return rows, slots


def _slot(
    converted: Converted, by_quantity: Mapping[str, Sequence[Column]], slot: int
) -> pd.DataFrame:
    chosen = {
        quantity: found[slot] if len(found) > 1 else found[0]
        for quantity, found in by_quantity.items()
    }
    settings = {
        key: value
        for quantity, column in chosen.items()
        if quantity in READINGS
        for key, value in column.settings.items()
    }
    own = {quantity for quantity, found in by_quantity.items() if len(found) > 1}
    pulse_is_own = bool(own & set(_PULSE[:2])) or bool({"amplitude_V", "cycle"} & set(settings))
    values: dict[str, object] = {"line": np.asarray(converted.table.lines)}
    for quantity, column in chosen.items():
        if quantity == "phase":
            values["phase"] = _phases(converted, column)
        elif not slot or pulse_is_own or quantity not in _PULSE[:3]:
            values[quantity] = _si(converted, column)
    rows = pd.DataFrame(values)
    for key, value in settings.items():
        rows[key] = value
    rows["slot"] = slot
    if {"amplitude_V", "phase"} & set(settings):
        return rows
    if slot and not pulse_is_own and set(by_quantity) & set(_PULSE[:2]) and "phase" not in rows:
        rows["phase"] = Phase.READ.value
    if own and (slot or pulse_is_own):
        _clear_empty(rows, sorted(own))
    return rows


def _clear_empty(rows: pd.DataFrame, own: Sequence[str]) -> None:
    """Leave nothing, not even the time, where the file has none of a reading's own quantities."""
    cleared = [name for name in rows if name not in ("line", "phase", "slot")]
    rows.loc[rows[list(own)].isna().all(axis=1), cleared] = np.nan


def _si(converted: Converted, column: Column) -> NDArray[np.float64]:
    return column.target.to_si(converted.columns[column].values)


def _phases(converted: Converted, column: Column) -> list[str | None]:
    cells = converted.table.cells(converted.table.position(column.name))
    return [str(cell).strip('" ') or None if cell is not None else None for cell in cells]
