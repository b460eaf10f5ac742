"""A guess of the mapping of a file's columns, from their names, units and values.

It is printed for the user to correct, never stored by itself: a column without a unit is guessed
only where its name leaves one choice.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .body import Body, body_of
from .cell_numbers import NUMBER, numbers
from .clock import is_clock
from .columns import CLOCK, Column, Target
from .files.file import read_table
from .files.table import Cell, Table
from .selection import names_device
from .stated_units import units_of
from .units import plain_unit, split_name, stated_unit

_SAMPLE = 2000  # rows
_SHOWN = 3  # cells of a column
_SEVERAL = "taken as one of several readings in a row"

_WORDS: Mapping[str, str] = {
    "cycle": r"cyc|cycles?|cycle ?(?:no|nr|number|index|#)?|loop ?(?:no|nr|number|#)?|zyklus",
    "pulse": r"pulses?|pulse ?(?:no|nr|number|index|#)|n ?pulses?",
    "time": r"t|time|elapsed.*|time ?stamp|zeit",
    "pulse_width": r".*(?:width|duration).*|pw|tp|t ?p(?:ulse)?|pulse ?length",
    "field": r"[hb]|.*field.*|mu0 ?h|b ?ext|h ?ext",
    "resistance": r"r|[lh]rs|r ?(?:xy|xx|h|hall|mtj|read|\d+|[lh]rs|on|off|p|ap)|.*resistance.*",
    "conductance": r"g|g ?\d+|.*conductance.*",
    "amplitude": r"v|u|.*(?:amplitude|voltage).*|v ?(?:p|w|in|(?:pu|write|prog|set|re|meas).*)",
    "current": r"i|i ?(?:read|meas|sense|mtj)|.*current.*",
    "temperature": r"temp.*|t ?k",
}
_NO_PULSE = re.compile(r"read|sens|meas|bias|compl")
_WRITES = re.compile(r"pulse|write|prog|set|stim")
_LOW = re.compile(r"\b(?:lrs|r ?lrs|r ?on|r ?p|low.*|on)\b")
_HIGH = re.compile(r"\b(?:hrs|r ?hrs|r ?off|r ?ap|high.*|off)\b")
_LETTER = re.compile(r"\w*[A-Za-z]{3,}[_ ]([VAsTK])")
_DEVICE = re.compile(r"dev|dut|sample|cell|die|mtj|junction", re.IGNORECASE)
_ASSUMED: Mapping[str, str] = {"resistance": "ohm", "amplitude": "V", "voltage": "V", "time": "s"}
_NEEDS_UNIT: Mapping[str, str] = {
    "field": "field_T, field_mT or field_Oe",
    "pulse_width": "pulse_width_s or pulse_width_ns",
    "conductance": "conductance_S or conductance_uS",
    "current": "current_A or current_uA",
    "temperature": "temperature_K or temperature_C",
}


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column of a file: its name, its first cells, what it may be mapped to, and a remark."""

    name: str
    cells: tuple[Cell, ...]
    target: str | None = None
    remark: str = ""
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed mapping: columns, a protocol, and how the table was found."""

    columns: tuple[ColumnGuess, ...]
    protocol: str
    rows: int
    remarks: tuple[str, ...]

    @property
    def maps(self) -> tuple[str, ...]:
        """The guess as COLUMN=QUANTITY texts."""
        return tuple(f"{c.name}={c.target}" for c in self.columns if c.target)


def guess_mapping(path: Path, table: str | None = None) -> Guess:
    """Return a guess of how a file is to be imported; raises ImportFileError."""
    found = _with_unique_names(read_table(path, (), table))
    body = body_of(found, [Column(name, Target("")) for name in found.header])
    guesses = _settle([_guess(body, at) for at in range(len(found.header))])
    return Guess(tuple(guesses), _protocol(body, guesses), len(body.table.rows), found.remarks)


def _with_unique_names(table: Table) -> Table:
    """Name columns without a name, or with that of another, by their number."""
    names = [
        name if name.strip() and table.header.count(name) == 1 else str(at)
        for at, name in enumerate(table.header, start=1)
    ]
    return replace(table, header=tuple(names))


def _guess(body: Body, at: int) -> ColumnGuess:
    name = body.table.header[at]
    cells = [row[at] for row in body.table.rows[:_SAMPLE]]
    shown = tuple(cell for cell in cells if cell not in (None, ""))[:_SHOWN]
    column = ColumnGuess(name, shown)
    found = numbers(cells)
    if names_device(name):
        return replace(column, remark="names a device: choose one with --where")
    if any(is_clock(cell) for cell in shown):
        return replace(column, target=CLOCK, stem="time")
    has_number = bool((found.kinds == NUMBER).any())
    if not has_number:
        return replace(column, remark="no numbers")
    unit = next(units_of(body, at), None) or _last_letter(name)
    stem = _stem(name, unit, found.values)
    if not stem:
        return replace(column, remark="not recognised")
    if stem in ("cycle", "pulse"):
        repeated = bool((np.diff(found.values) == 0).any())
        return replace(column, target=stem if stem == "cycle" or repeated else None, stem=stem)
    if unit is not None:
        return replace(
            column, target=f"{stem}_{plain_unit(unit)}" if plain_unit(unit) else stem, stem=stem
        )
    if stem in _ASSUMED:
        assumed = f"no unit in the file: taken as {_ASSUMED[stem]}"
        return replace(column, target=f"{stem}_{_ASSUMED[stem]}", stem=stem, remark=assumed)
    return replace(column, remark=f"no unit in the file: map it to {_NEEDS_UNIT[stem]}", stem=stem)


def _last_letter(name: str) -> str | None:
    """Return the unit of one letter that a name ends in, as in pulse_V; None of V_S or R_T."""
    found = _LETTER.fullmatch(name.strip())
    return found[1] if found else None


def _stem(name: str, unit: str | None, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    bare = split_name(name)[0]
    if unit is not None and unit == _last_letter(name):
        bare = bare.removesuffix(unit)
    bare = re.sub(r"[_\-. ]+|\(\)|\[\]", " ", bare.casefold()).strip()
    stated = stated_unit(unit) if unit else None
    if stated is not None:
        if stated.dimension == "voltage":
            return "voltage" if _NO_PULSE.search(bare) else "amplitude"
        if stated.dimension == "current":
            return "amplitude" if _WRITES.search(bare) else "current"
        if stated.dimension == "time":
            return "pulse_width" if re.fullmatch(_WORDS["pulse_width"], bare) else "time"
        return stated.dimension
    for stem, words in _WORDS.items():
        if re.fullmatch(words, bare):
            whole = bool((values[np.isfinite(values)] % 1 == 0).all())
            if stem in ("cycle", "pulse") and not whole:
                continue
            return "voltage" if stem == "amplitude" and _NO_PULSE.search(bare) else stem
    return ""


def _settle(guesses: Sequence[ColumnGuess]) -> list[ColumnGuess]:
    """Leave one column per quantity, but the columns of several readings in a row."""
    readings = [c for c in guesses if c.target and c.stem in ("resistance", "conductance")]
    family = [c for c in readings if c.stem == readings[0].stem and _alike(c, readings[0])]
    pulses = [c for c in guesses if c.target and c.stem == "amplitude"]
    reads_current = not readings and any(c.target and c.stem == "current" for c in guesses)
    settled: list[ColumnGuess] = []
    seen: dict[str, int] = {}
    for column in guesses:
        stem = "resistance" if column.stem == "conductance" else column.stem
        seen[stem] = seen.get(stem, 0) + bool(column.target)
        whole = column in family or (stem == "amplitude" and 1 < len(pulses) == len(family))
        if stem == "amplitude" and seen[stem] > 1 and reads_current and column.target:
            target = column.target.replace("amplitude", "voltage")
            column = replace(column, target=target, stem="voltage")
        elif column.target and seen[stem] > 1 and not whole:
            column = replace(column, target=None, remark=f"another {stem} is mapped")
        if column.target and column in family and len(family) > 1 and len(pulses) < len(family):
            phase = _phase(column.name)
            target = f"{column.target}@phase={phase}" if phase else column.target
            column = replace(column, target=target, remark=column.remark or _SEVERAL)
        settled.append(column)
    return settled


def _alike(one: ColumnGuess, other: ColumnGuess) -> bool:
    """Return whether two columns are readings of one kind: R1 and R2, or LRS and HRS."""
    if one is other:
        return True
    if _phase(one.name) and _phase(other.name):
        return True
    kind = re.sub(r"\d+", "#", one.name)
    return kind == re.sub(r"\d+", "#", other.name) and not _DEVICE.search(kind)


def _phase(name: str) -> str:
    bare = re.sub(r"[_\-. ]+|\(\)|\[\]", " ", split_name(name)[0].casefold()).strip()
    return "write" if _LOW.search(bare) else "reset" if _HIGH.search(bare) else ""


def _protocol(body: Body, guesses: Sequence[ColumnGuess]) -> str:
    stems = {c.stem for c in guesses if c.target or c.stem == "field"}
    if any("@phase=reset" in (c.target or "") for c in guesses):
        return "write-reset-cycling"
    for at, column in enumerate(guesses):
        if column.stem == "amplitude" and column.target:
            values = numbers(body.table.cells(at)).values
            rises, falls = bool((values > 0).any()), bool((values < 0).any())
            if falls:
                return "write-reset-cycling" if rises else "reset"
            return "staircase-write"
    return "minor-loop" if "field" in stems else "read-series"
