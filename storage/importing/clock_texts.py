"""Clock times that are all written alike, read at once: ISO dates and times of day.

pandas' ISO 8601 reader takes a tenth of a microsecond for a text, a regular expression of its own
some microseconds. How texts are written is their shape, the text with each digit as 0; a million
texts have few of them. Any other shape, and any text that pandas refuses, is left to `clock`.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .files.table import Cell

_DIGITS = str.maketrans("123456789", "000000000")
_DATED = re.compile(r"0000-00-00[T ]00:00:00(\.0{1,9})?")
_OF_DAY = re.compile(r"00:00:00(\.0{1,9})?")
_ANY_DAY = "2000-01-01 "
_DAY_ns = 86_400_000_000_000


def shape_of(text: str) -> str:
    """Return a text with each digit as 0."""
    return text.translate(_DIGITS)


def times_of_texts(cells: Sequence[Cell]) -> NDArray[np.float64] | None:
    """Return the time of each cell (n,) in s since the first day, NaN for an empty one.

    A time of day goes on after midnight. None where texts are written in another way, or where
    hours go from 12 to 1.
    """
    texts = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    written = {shape_of(text) for text in texts if isinstance(text, str) and text}
    is_of_day = bool(written) and all(map(_OF_DAY.fullmatch, written))
    is_dated = bool(written) and all(map(_DATED.fullmatch, written))
    if not (is_dated or is_of_day) or not all(
        text is None or isinstance(text, str) for text in texts
    ):
        return None
    if is_of_day:
        texts = [text and f"{_ANY_DAY}{text}" for text in texts]
    try:
        read = pd.to_datetime(pd.Series(texts, dtype=object).replace("", None), format="ISO8601")
    except ValueError:
        return None
    known = read.notna().to_numpy()
    since_ns = read[known].to_numpy().astype("datetime64[ns]").astype(np.int64)
    day, of_day_ns = np.divmod(since_ns, _DAY_ns)
    hour = of_day_ns // (_DAY_ns // 24)
    if ((hour[:-1] == 12) & (hour[1:] == 1) & (day[:-1] == day[1:])).any():
        return None
    if is_of_day:
        day = np.r_[0, np.cumsum(np.diff(of_day_ns) < -_DAY_ns / 2)]
    times_s = np.full(len(read), np.nan)
    times_s[known] = (day - day[0]) * 86_400.0 + of_day_ns / 1e9
    return times_s
