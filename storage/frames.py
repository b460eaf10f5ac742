"""Points as a pandas DataFrame, and as a CSV file that is there in full or not at all."""

import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Row

from .errors import StoreError

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
    """Return a DataFrame indexed by `point` from rows of point, the columns above, and extra.

    What was not measured is NaN; every name found in an extra becomes a column.
    """
    frame = pd.DataFrame.from_records(
        [tuple(row) for row in rows], columns=["point", *_DTYPES, "extra"]
    )
    extras = [extra or {} for extra in frame.pop("extra")]
    frame = frame.astype({"point": "int64", **_DTYPES}).set_index("point")
    if any(extras):
        frame = frame.join(pd.DataFrame.from_records(extras, index=frame.index))
    return frame


def write_csv(frame: pd.DataFrame, path: Path, *, overwrite: bool) -> None:
    """Write all digits of all numbers; raises StoreError, and then leaves nothing half-written."""
    try:
        _check_place(path, overwrite=overwrite)
        draft = path.with_name(path.name + ".part")
        try:
            frame.to_csv(draft, lineterminator="\n")
            draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}): give another place."
        ) from error


def _check_place(path: Path, *, overwrite: bool) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path} is not an ordinary file and stays as it is: give another name.")
    if not overwrite:
        raise StoreError(f"{path} exists already: choose another name, or add --overwrite.")
