"""Runs of made-up points in a real store."""

from typing import Any

import pandas as pd

from dwmtj.storage import Point, Status, Store

COLUMNS = (
    "amplitude_V",
    "pulse_width_s",
    "field_T",
    "voltage_V",
    "current_A",
    "resistance_ohm",
)


def store_points(
    store: Store,
    points: pd.DataFrame,
    device: str = "A3",
    protocol: str = "write-reset-cycling",
    status: Status = Status.FINISHED,
    **about: Any,
) -> int:
    """Store points (columns as in `Store.points`) as a run, and return its number."""
    given: dict[str, Any] = {"parameters": {}, "bench": {"name": "bench"}, **about}
    writer = store.begin_run(protocol, device, points_expected=len(points), seed=None, **given)
    names = [name for name in COLUMNS if name in points]
    extras = [name for name in ("row", "column", "target", "level") if name in points]
    rows = points.astype(object).where(points.notna(), None).to_dict("records")
    writer.add_all(
        Point(
            str(row["phase"]),
            float(row["time_s"]),
            int(row["cycle"]),
            **{name: row[name] for name in names},
            extra={name: row[name] for name in extras},
        )
        for row in rows
    )
    writer.finish(status)
    return writer.run_id
