"""Numbers of cells, gaps, readings over range, and other text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .files.table import Cell

_GAP_WORDS = (
    "nan na n/a #n/a #na null none nil . ? <na> nat "
    "1.#ind -1.#ind 1.#qnan -1.#qnan"  # of C programs on Windows
)
MISSING = frozenset(("", *_GAP_WORDS.split()))
_OVERFLOW_WORDS = (
    "ovld overld ovl overload overflow ovrflw ovf oflow over ol o.l o.l. .ol 0l o/l overrange "
    "over-range open inf infinity ∞ #num! #div/0! 1.#inf"
)
OVERFLOW_WORDS = frozenset(_OVERFLOW_WORDS.split())
OVERFLOW = 9.9e37  # what SCPI instruments send instead of infinity
NUMBER, GAP, OVER, TEXT = range(4)
"""The kinds of cells."""

_COMMA = re.compile(r"[+-]?\d+,\d+")
_DASHES = re.compile(r"[-–—_.\s]+")
_TRAILING = re.compile(r"\s+#.*$", re.DOTALL)
_SPACED = re.compile(r"[+-]?\d{1,3}(?:[ \u2009\u202f'’]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?((?:\d+[.,]?|[.,]\d)[\d.,]*)([eEdD][+-]?\d+)?")


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
    """Return the numbers of cells, a comma in any of them left for `decimal_marks.resolve`."""
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
                if _COMMA.fullmatch(cell):
                    marked[at] = cell
                    continue
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
        if text.casefold() in MISSING or _DASHES.fullmatch(text):
            return GAP, 0.0, ""
        if text.casefold().lstrip("+-<>") in OVERFLOW_WORDS or set(text) == {"*"}:
            return OVER, 0.0, ""
        plain = plain_digits(text, sign=True)
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


def plain_digits(cell: str, *, sign: bool = False) -> str:
    """Return a number without blanks, apostrophes and odd minus signs, as Python spells it."""
    text = cell.strip().strip('"').strip().replace("−", "-").replace("–", "-")
    text = text.replace("\u00a0", " ")
    if _SPACED.fullmatch(text):
        text = re.sub(r"[ \u2009\u202f'’]", "", text)
    if text[-4:].upper().count("D") == 1 and _PLAIN.fullmatch(text):
        text = text.upper().replace("D", "E")
    return text if sign else text.lstrip("+-")
