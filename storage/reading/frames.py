"""Points as a pandas DataFrame and as a CSV file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Row

from ..output_file import atomic_write, check_overwrite

_DTYPES = {
    "attempt": "int64",
    "phase": "str",
    "cycle": "int64",
    "time_s": "float64",
    "amplitude_V": "float64",
    "pulse_width_s": "float64",
    "field_T": "float64",
    "voltage_V": "float64",
    "current_A": "float64",
    "resistance_ohm": "float64",
}
_ADDED = ("extra", "mark", "temperature_K")  # the columns of the table after those above


def frame_of(rows: Sequence[Row[Any]]) -> pd.DataFrame:
    """Return a DataFrame indexed by `point`; rows hold the columns of the table of points.

    Values that were not measured are NaN, and so is the mark of a point without one; each name in
    an extra becomes a column.
    """
    frame = pd.DataFrame.from_records(
        [tuple(row) for row in rows], columns=["point", *_DTYPES, *_ADDED]
    )
    extras = [extra or {} for extra in frame.pop("extra")]
    types = {"point": "int64", **_DTYPES, "mark": "str", "temperature_K": "float64"}
    frame = frame.astype(types).set_index("point")
    if any(extras):
        more = pd.DataFrame.from_records(extras, index=frame.index)
        for name in more.columns.intersection(frame.columns):  # an extra of an older version
            frame[name] = frame[name].fillna(more.pop(name).astype(frame[name].dtype))
        frame = frame.join(more)
    return frame


def write_csv(frame: pd.DataFrame, path: Path, *, overwrite: bool) -> None:
    """Write all digits of all numbers; raises OutputFileError."""
    check_overwrite(path, overwrite=overwrite)
    with atomic_write(path) as draft:
        frame.to_csv(draft, lineterminator="\n")
