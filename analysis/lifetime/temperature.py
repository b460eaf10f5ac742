"""The temperature at which a run was measured, and where that number comes from."""

from dataclasses import dataclass
from math import isfinite

import pandas as pd

from ...storage import RunRecord
from ..errors import AnalysisError

LARGEST_DIFFERENCE_K = 5.0


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature in K; `source` is "measured", or "stated" by the operator."""

    kelvin: float
    source: str

    def __str__(self) -> str:
        return f"{self.kelvin:.5g} K ({self.source})"


def temperature_of(record: RunRecord, points: pd.DataFrame) -> Temperature | None:
    """Return the mean measured temperature of a run, else the stated one, None without either.

    Raises AnalysisError if both exist and differ by more than 5 K.
    """
    stated = record.conditions.get("temperature_K")
    column = points["temperature_K"] if "temperature_K" in points else pd.Series(dtype=float)
    measured = float(column.mean()) if column.notna().any() else float("nan")
    if not isfinite(measured):
        return None if stated is None else Temperature(float(stated), "stated")
    if stated is not None and abs(measured - stated) > LARGEST_DIFFERENCE_K:
        raise AnalysisError(
            f"Run {record.summary.id} was stated to be at {stated:g} K, but {measured:.1f} K was "
            "measured: give the right one with --temperature."
        )
    return Temperature(measured, "measured")
