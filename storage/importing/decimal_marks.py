"""Decimal marks and thousands separators of a column.

A comma or a dot between digits is a decimal mark or separates thousands. Where its column does not
tell which, the file's other columns are asked; where those do not tell either, the cell is refused
rather than read as one thousandth of what was meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cell_numbers import NUMBER, OVER, OVERFLOW, TEXT, Numbers, plain_digits
from .files.table import Cell

_COMMA_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d*)?|(?:,\d{3})+\.\d*)")
_DOT_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d*)?|(?:\.\d{3})+,\d*)")
_UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True, slots=True)
class Marks:
    """Which uses of commas and dots the clear numbers of a column show."""

    decimal_comma: bool = False
    decimal_point: bool = False
    comma_groups: bool = False
    dot_groups: bool = False

    def __or__(self, other: "Marks") -> "Marks":
        return Marks(
            self.decimal_comma or other.decimal_comma,
            self.decimal_point or other.decimal_point,
            self.comma_groups or other.comma_groups,
            self.dot_groups or other.dot_groups,
        )


_WHOLE = re.compile(r"[+-]?[1-9]\d{0,2}")
_DECIMAL_COMMA = Marks(decimal_comma=True)


def marks_of(cells: Sequence[Cell], found: Numbers) -> Marks:
    """Return the uses of commas and dots in a column."""
    if not found.marked and not found.texts:
        clear = any(
            isinstance(cell, str) and "." in cell and not _UNCLEAR.fullmatch(plain_digits(cell))
            for cell in cells
        )
        return Marks(decimal_point=clear)
    marks = Marks()
    for text in found.marked.values():
        more = _marks(text)
        marks = marks if more in (marks, Marks()) else marks | more
    others = (cell for at, cell in enumerate(cells) if at not in found.marked)
    point = any(
        isinstance(cell, str) and "." in cell and _is_float(cell) and not _is_unclear(cell)
        for cell in others
    )
    return marks | Marks(decimal_point=point)


@dataclass(frozen=True, slots=True)
class Dots:
    """The dots of a column without commas, and the row of the first that may separate thousands.

    1.234 may do so: alone it is taken for a decimal mark, beside 987 it is not known (`mixed`), and
    beside 98.7 it is a decimal mark (`clear`).
    """

    first: int | None = None
    mixed: bool = False
    clear: bool = False


def dots_of(cells: Sequence[Cell]) -> Dots:
    """Return what the dots of a column may be."""
    first = None
    has_whole = False
    for at, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        if "." not in cell:
            has_whole = has_whole or _WHOLE.fullmatch(cell.strip()) is not None
        elif _is_unclear(cell):
            first = at if first is None else first
        elif _is_float(cell):
            return Dots(clear=True)
    return Dots(first, mixed=has_whole)


def resolve(
    cells: Sequence[Cell], found: Numbers, own: Marks, file: Marks, decimal: str | None
) -> tuple[Numbers, int | None]:
    """Return the numbers with commas and dots understood, and the row of the first unclear one.

    `decimal` is "." or "," if the user named it, else it is found from the column's own marks and
    those of the file.
    """
    comma = _comma_is_decimal(own, file, decimal)
    dots_too = bool(comma) or own.dot_groups  # then 1.234 may be 1234
    if not found.marked and not dots_too:
        return found, None
    values, kinds = found.values.copy(), found.kinds.copy()
    texts = dict(found.texts)
    for at, cell in enumerate(cells):
        text = found.marked.get(at)
        if text is None:
            if dots_too and isinstance(cell, str) and _is_unclear(cell):
                text = plain_digits(cell, sign=True)
            else:
                continue
        plain = _plain_number(text, own, comma=comma, decimal=decimal)
        if plain is None:
            return found, at
        try:
            value = float(plain)
        except ValueError:
            texts[at], kinds[at] = text, TEXT
            continue
        kinds[at] = NUMBER if abs(value) < OVERFLOW else OVER
        values[at] = value if abs(value) < OVERFLOW else np.nan
    return Numbers(values, kinds, texts), None


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_unclear(cell: str) -> bool:
    return "." in cell and _UNCLEAR.fullmatch(plain_digits(cell)) is not None


def _marks(text: str) -> Marks:
    bare = text.lstrip("+-")
    if bare.count(",") == 1 and "." not in bare:
        return Marks() if _UNCLEAR.fullmatch(bare) else _DECIMAL_COMMA
    if _COMMA_GROUPS.fullmatch(bare):
        return Marks(comma_groups=True, decimal_point="." in bare)
    if _DOT_GROUPS.fullmatch(bare):
        return Marks(dot_groups=True, decimal_comma="," in bare)
    return Marks()


def _comma_is_decimal(own: Marks, file: Marks, decimal: str | None) -> bool | None:
    """Return whether a comma is the decimal mark of a column, None if that is unclear."""
    if decimal is not None:
        return decimal == ","
    if own.decimal_comma or own.comma_groups:
        return own.decimal_comma if own.decimal_comma != own.comma_groups else None
    if file.decimal_comma and not (file.decimal_point or file.comma_groups):
        return True
    return None


def _plain_number(text: str, own: Marks, *, comma: bool | None, decimal: str | None) -> str | None:
    """Return a number as Python spells it, None if a comma or a dot in it is unclear."""
    if comma and "." not in text and text.count(",") == 1:
        return text.replace(",", ".")
    bare = text.lstrip("+-")
    if _DOT_GROUPS.fullmatch(bare) and decimal != ".":
        return text.replace(".", "").replace(",", ".")
    if _COMMA_GROUPS.fullmatch(bare) and decimal != ",":
        return text.replace(",", "")
    if "," not in text:
        if own.dot_groups or decimal == ",":
            return text.replace(".", "")
        return None if comma and not own.decimal_point else text
    if comma is None or (comma and "." in text):
        return None
    if comma:
        return text.replace(",", ".")
    return text.replace(",", "") if _UNCLEAR.fullmatch(bare) else text
