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
    if slot == 0 or pulse_is_own or "phase" in settings:
        return rows
    if set(by_quantity) & set(_PULSE[:2]) and "phase" not in rows:
        rows["phase"] = Phase.READ.value
    return _with_reading(rows)


def _with_reading(rows: pd.DataFrame) -> pd.DataFrame:
    """Return further readings; where the file has none, nothing, not even the time, is left."""
    read = [name for name in READINGS if name in rows]
    kept = [name for name in rows if name not in ("line", "phase", "slot")]
    rows.loc[rows[read].isna().all(axis=1), kept] = np.nan
    return rows


def _si(converted: Converted, column: Column) -> NDArray[np.float64]:
    return column.target.to_si(converted.columns[column].values)


def _phases(converted: Converted, column: Column) -> list[str | None]:
    cells = converted.table.cells(converted.table.position(column.name))
    return [str(cell).strip('" ') or None if cell is not None else None for cell in cells]
