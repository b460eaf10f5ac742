"""Points as a pandas DataFrame."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .table import PointTable, Texts

ORDER = (
    "attempt",
    "phase",
    "cycle",
    "time_s",
    "amplitude_V",
    "pulse_width_s",
    "field_T",
    "voltage_V",
    "current_A",
    "resistance_ohm",
    "mark",
    "temperature_K",
)


def frame_of(table: PointTable) -> pd.DataFrame:
    """Return a DataFrame indexed by `point`.

    Values that were not measured are NaN, and so is the mark of a point without one; each name in
    an extra becomes a column.
    """
    columns: dict[str, Any] = {**table.integers, **table.measured}
    columns |= {name: _strings(texts) for name, texts in table.texts.items()}
    index = pd.Index(columns.pop("point"), name="point")
    frame = pd.DataFrame({name: columns[name] for name in ORDER}, index=index, copy=False)
    if not table.extras:
        return frame
    more = pd.DataFrame.from_records(_one_each(table), index=index)
    for name in more.columns.intersection(frame.columns):  # an extra of an older version
        frame[name] = frame[name].fillna(more.pop(name).astype(frame[name].dtype))
    return frame.join(more)


def _one_each(table: PointTable) -> list[dict[str, Any]]:
    extras: list[dict[str, Any]] = [{} for _ in range(len(table))]
    for row, extra in zip(table.extra_rows, table.extras, strict=True):
        extras[row] = extra
    return extras


def _strings(texts: Texts) -> pd.api.extensions.ExtensionArray:
    # A distinct text more, so that the array has the type of texts when there is none.
    distinct = pd.array([*texts.distinct, ""], dtype="str")
    codes: npt.NDArray[np.int64] = texts.codes.astype(np.int64)
    return distinct.take(codes, allow_fill=True)
