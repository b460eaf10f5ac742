"""The points of imported rows: phase, cycle and quantities by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import repeat
from typing import Any

import pandas as pd

from ..points import NOTHING, Point
from .cycles import cycles, phases
from .files.table import Table

_PLACE = ("phase", "time_s", "cycle")
_NAMES = [field.name for field in fields(Point)]
_MEASURED = _NAMES[len(_PLACE) : _NAMES.index("extra")]
"""The quantities of a point, in its order, between its place and its extra ones."""


def points_of(table: Table, rows: pd.DataFrame, protocol: str) -> Iterator[Point]:
    """Return the points of rows in order; raises ImportFileError for pulses of the wrong sign.

    Quantities that a point has no field for are extra ones.
    """
    phase = phases(rows, protocol, f"{table.name}, {table.line_word}")
    cycle = cycles(rows, phase, protocol)
    if "pulse_width_s" in rows and "amplitude_V" in rows:
        rows["pulse_width_s"] = rows["pulse_width_s"].where(rows["amplitude_V"].notna())
    time_s = rows["time_s"].tolist() if "time_s" in rows else [0.0] * len(rows)
    others = [name for name in rows if name not in ("line", *_PLACE)]
    values = {
        str(name): [None if value != value else value for value in rows[name].tolist()]
        for name in others
        if rows[name].notna().any()
    }
    empty = [None] * len(rows)
    columns = [values.get(name, empty) for name in _MEASURED]
    temperature_K = values.pop("temperature_K", empty)
    extra = {name: column for name, column in values.items() if name not in _MEASURED}
    more: Iterable[Mapping[str, Any]] = repeat(NOTHING, len(rows))
    if extra:
        more = [dict(zip(extra, row, strict=True)) for row in zip(*extra.values(), strict=True)]
    place = (phase.tolist(), time_s, cycle.tolist())
    return map(Point, *place, *columns, more, repeat(None), temperature_K)
