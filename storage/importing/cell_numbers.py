"""Numbers of cells: gaps, overflows, decimal commas and thousands separators.

A comma or a dot between digits is a decimal mark or separates thousands. Where its column does not
tell which, the file's other columns are asked; where those do not tell either, the cell is refused
rather than read as one thousandth of what was meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .table import Cell

MISSING = frozenset(
    ("", "nan", "na", "n/a", "#n/a", "#na", "-", "--", "---", "null", "none", "nil", ".", "?")
)
_OVERFLOW_WORDS = (
    "ovld overld ovl overload overflow ovrflw ovf oflow over ol o.l o.l. .ol 0l o/l overrange "
    "over-range open inf infinity **** ***** ****** ------ #num! #div/0!"
)
OVERFLOW_WORDS = frozenset(_OVERFLOW_WORDS.split())
OVERFLOW = 9.9e37  # what SCPI instruments send instead of infinity
NUMBER, GAP, OVER, TEXT = range(4)
"""The kinds of cells."""

_TRAILING = re.compile(r"\s+#.*$", re.DOTALL)
_SPACED = re.compile(r"[+-]?\d{1,3}(?:[ \u2009\u202f'’]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?((?:\d+[.,]?|[.,]\d)[\d.,]*)([eEdD][+-]?\d+)?")
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


@dataclass(frozen=True, slots=True)
class Numbers:
    """The cells of a column: values, NaN where there is none, and the kind of each cell.

    `texts` are the cells that are no number, by row; `marked` those with commas, or with dots where
    some cell of the column has a comma.
    """

    values: NDArray[np.float64]
    kinds: NDArray[np.int8]
    texts: dict[int, str] = field(default_factory=dict)
    marked: dict[int, str] = field(default_factory=dict)

    def take(self, kept: Sequence[int]) -> "Numbers":
        """Return those of some rows."""
        if len(kept) == len(self.values):
            return self
        texts = {new: self.texts[at] for new, at in enumerate(kept) if at in self.texts}
        marked = {new: self.marked[at] for new, at in enumerate(kept) if at in self.marked}
        return Numbers(self.values[kept], self.kinds[kept], texts, marked)


def numbers(cells: Sequence[Cell]) -> Numbers:
    """Return the numbers of cells, a comma in any of them left for `resolve`."""
    try:
        values = np.array([float(cell) for cell in cells])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _each(cells)
    if "_" in "".join(cell for cell in cells if type(cell) is str):
        return _each(cells)  # float takes 1_000
    kinds = np.zeros(len(values), dtype=np.int8)
    kinds[np.isnan(values)] = GAP
    kinds[np.abs(values) >= OVERFLOW] = OVER
    values[kinds != NUMBER] = np.nan
    return Numbers(values, kinds)


def marks_of(cells: Sequence[Cell], found: Numbers) -> Marks:
    """Return the uses of commas and dots in a column."""
    if not found.marked and not found.texts:
        clear = any(
            isinstance(cell, str) and "." in cell and not _UNCLEAR.fullmatch(_digits(cell))
            for cell in cells
        )
        return Marks(decimal_point=clear)
    marks = Marks()
    for text in found.marked.values():
        marks |= _marks(text)
    others = (cell for at, cell in enumerate(cells) if at not in found.marked)
    point = any(
        isinstance(cell, str) and "." in cell and _is_float(cell) and not _is_unclear(cell)
        for cell in others
    )
    return marks | Marks(decimal_point=point)


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
                text = _digits(cell, sign=True)
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


def _each(cells: Sequence[Cell]) -> Numbers:
    values = np.full(len(cells), np.nan)
    kinds = np.zeros(len(cells), dtype=np.int8)
    texts: dict[int, str] = {}
    marked: dict[int, str] = {}
    for at, cell in enumerate(cells):
        if type(cell) is str and cell and cell[-1].isdigit() and "_" not in cell:
            try:  # most cells, fast
                value = float(cell)
            except ValueError:
                pass
            else:
                if abs(value) < OVERFLOW:
                    values[at] = value
                    continue
        kind, value, text = _kind(cell)
        kinds[at] = kind
        if kind == NUMBER and text:
            marked[at] = text
        elif kind == NUMBER:
            values[at] = value
        elif kind == TEXT:
            texts[at] = text
    return Numbers(values, kinds, texts, marked)


def _kind(cell: Cell) -> tuple[int, float, str]:
    """Return the kind of a cell, its value, and its text if that is not a number as it stands."""
    if not isinstance(cell, str):
        value = float("nan") if cell is None else float(cell)
    else:
        text = _TRAILING.sub("", cell).strip().strip('"').strip()
        if text.casefold() in MISSING:
            return GAP, 0.0, ""
        if text.casefold().lstrip("+-<>") in OVERFLOW_WORDS:
            return OVER, 0.0, ""
        plain = _digits(text, sign=True)
        if "_" in plain:
            return TEXT, 0.0, text
        try:
            value = float(plain)
        except ValueError:
            is_marked = _PLAIN.fullmatch(plain) is not None
            return (NUMBER, 0.0, plain) if is_marked else (TEXT, 0.0, text)
    if value != value:
        return GAP, 0.0, ""
    return (OVER, 0.0, "") if abs(value) >= OVERFLOW else (NUMBER, value, "")


def _digits(cell: str, *, sign: bool = False) -> str:
    """Return a number without blanks, apostrophes and odd minus signs, as Python spells it."""
    text = cell.strip().strip('"').strip().replace("−", "-").replace("–", "-")
    text = text.replace("\u00a0", " ")
    if _SPACED.fullmatch(text):
        text = re.sub(r"[ \u2009\u202f'’]", "", text)
    if text[-4:].upper().count("D") == 1 and _PLAIN.fullmatch(text):
        text = text.upper().replace("D", "E")
    return text if sign else text.lstrip("+-")


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_unclear(cell: str) -> bool:
    return "." in cell and _UNCLEAR.fullmatch(_digits(cell)) is not None


def _marks(text: str) -> Marks:
    bare = text.lstrip("+-")
    if _COMMA_GROUPS.fullmatch(bare):
        return Marks(comma_groups=True, decimal_point="." in bare)
    if _DOT_GROUPS.fullmatch(bare):
        return Marks(dot_groups=True, decimal_comma="," in bare)
    if bare.count(",") == 1 and "." not in bare and not _UNCLEAR.fullmatch(bare):
        return Marks(decimal_comma=True)
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
