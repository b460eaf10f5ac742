"""From mapped columns to rows in SI units, with a stated treatment of gaps, order and readings.

- A cell without a number is a gap: the quantity was not measured. So is a reading over range.
- A row without any quantity is dropped; a pulse without a reading is kept.
- Several readings in a row, and readings that repeat a pulse number, are readings without a pulse
  after the first one.
- A pulse of no width is a reading without a pulse.
- Without a column of readings, they are voltage / current.
- Rows are sorted by cycle, then by time, as far as these are mapped; else they keep their order.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import ImportFileError
from ..phase import Phase
from .cell_numbers import OVER
from .columns import CURRENT_PULSE, Column
from .conversion import Converted
from .files.table import Table
from .readings import spread_readings

ORDER = ("cycle", "time_s")
_MOST_CYCLES = 2**53  # whole numbers up to here are exact


def parse_rows(
    converted: Converted, columns: Sequence[Column], *, accept_unusual: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows in order, a column per quantity, and remarks on their treatment.

    `line` is the row's line in the file, `phase` is None where no column names it. Raises
    ImportFileError.
    """
    table = converted.table
    rows, slots = spread_readings(converted, columns)
    remarks = list(converted.remarks)
    if slots > 1:
        remarks.append(f"readings in a row of the file: {slots}")
    constants = {c.quantity: c.constant for c in columns if c.constant is not None}
    quantities = [name for name in rows.columns if name not in ("line", "phase", "slot")]
    has_value = rows[quantities].notna().any(axis=1)
    _note(remarks, "rows without any value dropped", int((~has_value & (rows["slot"] == 0)).sum()))
    rows = rows[has_value].reset_index(drop=True)
    _set_constants(rows, constants)
    _resistances(table, rows, remarks, accept_unusual=accept_unusual)
    _note(remarks, "readings over range", _over_range(converted))
    _voltages_of_current_pulses(table, rows)
    _drop_pulses_that_are_none(rows, remarks, constants)
    _fill_times(table, rows)
    return _sorted(table, rows, remarks), tuple(remarks)


def _set_constants(rows: pd.DataFrame, constants: Mapping[str, float]) -> None:
    """Set what holds for every row; a pulse belongs to the first reading of a row alone."""
    slot = rows.pop("slot")
    for quantity, value in constants.items():
        if quantity not in rows:
            rows[quantity] = np.nan
        fires = slot == 0 if quantity in ("amplitude_V", CURRENT_PULSE) else slot >= 0
        rows.loc[fires & rows[quantity].isna(), quantity] = value


def _note(remarks: list[str], what: str, count: int) -> None:
    if count:
        remarks.append(f"{what}: {count}")


def _over_range(converted: Converted) -> int:
    readings = ("resistance_ohm", "conductance_S", "voltage_V", "current_A")
    return sum(
        int((found.kinds == OVER).sum())
        for column, found in converted.columns.items()
        if column.quantity in readings
    )


def _resistances(
    table: Table, rows: pd.DataFrame, remarks: list[str], *, accept_unusual: bool
) -> None:
    """Set the resistance from a conductance, or from voltage and current."""
    if "conductance_S" in rows:
        conductance_S = rows.pop("conductance_S")
        wrong = conductance_S <= 0
        if wrong.any() and not accept_unusual:
            at = int(wrong.to_numpy().argmax())
            raise ImportFileError(
                f"{table.name}, {table.line_word} {rows['line'][at]}: a conductance of "
                f"{conductance_S[at]:g} S, which no junction has; correct it, leave the cell "
                "empty, or add --accept-unusual, which takes 0 S for no reading."
            )
        rows["resistance_ohm"] = 1 / conductance_S.where(conductance_S != 0)
    elif "resistance_ohm" not in rows:
        current_A = rows["current_A"]
        rows["resistance_ohm"] = rows["voltage_V"] / current_A.where(current_A != 0)
        remarks.append("readings are voltage / current")


def _voltages_of_current_pulses(table: Table, rows: pd.DataFrame) -> None:
    """Set the amplitude of pulses given as a current: V = I · R of the write path."""
    resistance_ohm = rows.pop("write_resistance_ohm") if "write_resistance_ohm" in rows else None
    if CURRENT_PULSE not in rows:
        return
    if resistance_ohm is None:
        raise ImportFileError(
            f"{table.name}: pulses given as a current need the resistance of the path they pass; "
            "add --set write_resistance_ohm=NUMBER, or map a column to it."
        )
    current_A = rows.pop(CURRENT_PULSE)
    rows["amplitude_V"] = current_A * resistance_ohm
    rows["pulse_current_A"] = current_A


def _drop_pulses_that_are_none(
    rows: pd.DataFrame, remarks: list[str], constants: Mapping[str, float]
) -> None:
    """Turn pulses of no width, and repeated pulse numbers, into readings without a pulse."""
    number = rows.pop("pulse") if "pulse" in rows else None
    if "amplitude_V" not in rows:
        return
    none = pd.Series(data=False, index=rows.index)
    if "pulse_width_s" in rows and "pulse_width_s" not in constants:
        none |= (rows["pulse_width_s"] == 0) & rows["amplitude_V"].notna()
    if number is not None:
        cycle = rows["cycle"] if "cycle" in rows else pd.Series(0, index=rows.index)
        none |= (number.diff() == 0) & (cycle.diff() == 0)
    _note(remarks, "readings without a pulse of their own", int(none.sum()))
    pulse = [name for name in ("amplitude_V", "pulse_width_s", "pulse_current_A") if name in rows]
    rows.loc[none, pulse] = np.nan
    if none.any():
        if "phase" not in rows:
            rows["phase"] = None
        rows.loc[none & rows["phase"].isna(), "phase"] = Phase.READ.value


def _fill_times(table: Table, rows: pd.DataFrame) -> None:
    """Set the time of a row without one to that of the row before."""
    if "time_s" not in rows:
        return
    rows["time_s"] = rows["time_s"].ffill()
    missing = rows["time_s"].isna()
    if missing.any():
        line = rows["line"][int(missing.to_numpy().argmax())]
        raise ImportFileError(f"{table.name}, {table.line_word} {line} has no time; give it one.")
    if "cycle" not in rows:
        _check_restart(table, rows)
    rows["time_s"] -= rows["time_s"].min() if len(rows) else 0.0


def _check_restart(table: Table, rows: pd.DataFrame) -> None:
    """Refuse a time that begins again in each cycle: sorted by it, cycles would be mixed."""
    time_s = rows["time_s"]
    step = time_s.diff()
    usual_s = float(step[step > 0].median()) if (step > 0).any() else 0.0
    again = (step < 0) & (time_s <= time_s.iloc[0] + usual_s) if len(rows) else step < 0
    if again.any():
        line = rows["line"][int(again.to_numpy().argmax())]
        raise ImportFileError(
            f"{table.name}, {table.line_word} {line}: the time begins again; map a column to cycle "
            "as well, or leave the time out."
        )


def _sorted(table: Table, rows: pd.DataFrame, remarks: list[str]) -> pd.DataFrame:
    keys = [name for name in ORDER if name in rows]
    if "cycle" in keys:
        odd = ~(rows["cycle"] % 1 == 0) | (rows["cycle"].abs() > _MOST_CYCLES)
        if odd.any():
            line = rows["line"][int(odd.to_numpy().argmax())]
            raise ImportFileError(
                f"{table.name}, {table.line_word} {line}: the cycle is no whole number; correct it."
            )
    if not keys:
        return rows
    order = np.lexsort([rows[name].to_numpy() for name in reversed(keys)])
    _note(remarks, "rows sorted by cycle and time", int((order != np.arange(len(rows))).sum()))
    return rows.iloc[order].reset_index(drop=True)
