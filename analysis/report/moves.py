"""The table of pulses that move the wall, for runs whose amplitudes do not rise."""

from collections.abc import Sequence

import pandas as pd

from ..formatting import format_interval
from ..levels.find import Level
from ..switching.moves import measure_moves

COLUMNS = ("amplitude (V)", "from level", "pulses", "moved", "share (%)")

Rows = tuple[tuple[str, ...], ...]


def move_rows(points: pd.DataFrame, levels: Sequence[Level]) -> Rows:
    """Return the rows of the table; none for a run of rising amplitudes."""
    return tuple(
        (
            f"{found.amplitude_V:g}".replace("-", "−"),
            str(found.level),
            str(found.pulses),
            str(found.moved),
            format_interval(found.share.value, found.share.low, found.share.high, 100),
        )
        for found in measure_moves(points, levels)
    )
