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


def frame_of(rows: Sequence[Row[Any]]) -> pd.DataFrame:
    """Return a DataFrame indexed by `point`; rows hold point, the columns above, extra and mark.

    Values that were not measured are NaN, and so is the mark of a point without one; each name in
    an extra becomes a column.
    """
    frame = pd.DataFrame.from_records(
        [tuple(row) for row in rows], columns=["point", *_DTYPES, "extra", "mark"]
    )
    extras = [extra or {} for extra in frame.pop("extra")]
    frame = frame.astype({"point": "int64", **_DTYPES, "mark": "str"}).set_index("point")
    if any(extras):
        frame = frame.join(pd.DataFrame.from_records(extras, index=frame.index))
    return frame


def write_csv(frame: pd.DataFrame, path: Path, *, overwrite: bool) -> None:
    """Write all digits of all numbers; raises OutputFileError."""
    check_overwrite(path, overwrite=overwrite)
    with atomic_write(path) as draft:
        frame.to_csv(draft, lineterminator="\n")
