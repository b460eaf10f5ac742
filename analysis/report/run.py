"""A run for figures and reports: its record, its points and its panels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ...storage import RunRecord, Store
from ..figures import Panels, panels_of
from ..levels.grouping.given import Wanted
from ..weight.energy import Track
from ..weight.ramps import has_ramps
from .track import UNKNOWN_TRACK, track_of


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """A run from the store with its panels; `database` is the file it came from.

    `wanted` are the levels given by hand, if any; `track` is what its pulses heat, if known.
    """

    record: RunRecord
    points: pd.DataFrame
    panels: Panels
    database: str
    wanted: Wanted | None = None
    track: Track | None = None

    @property
    def id(self) -> int:
        return self.record.summary.id

    @property
    def name(self) -> str:
        summary = self.record.summary
        return f"Run {summary.id}: {summary.protocol} on {summary.device}"

    @property
    def warning(self) -> str:
        """Status and number of points of a run that did not finish; empty for a finished one."""
        return self.record.summary.warning

    @property
    def source(self) -> str:
        """Provenance in one line."""
        attempt = self.record.attempts[-1]
        return f"{self.name}; {self.database}; code {attempt.code_version}"


def load_runs(
    store: Store,
    runs: Sequence[int],
    wanted: Wanted | None = None,
    track_resistance_ohm: float | None = None,
) -> tuple[ReportedRun, ...]:
    """Load runs, each once, in the order given; raises StoreError.

    `wanted` gives the number of levels, or their resistances (ohm), by hand;
    `track_resistance_ohm` the track's in place of the bench file's.
    """
    records = [store.run(run) for run in dict.fromkeys(runs)]
    frames = [store.points(record.summary.id) for record in records]
    return tuple(
        _reported(record, points, store.place.name, wanted, track_of(record, track_resistance_ohm))
        for record, points in zip(records, frames, strict=True)
    )


def _reported(
    record: RunRecord,
    points: pd.DataFrame,
    database: str,
    wanted: Wanted | None,
    track: Track | None,
) -> ReportedRun:
    panels = panels_of(points, wanted, track)
    if track is None and has_ramps(points):
        panels = replace(panels, absent=(*panels.absent, f"no update energy: {UNKNOWN_TRACK}"))
    return ReportedRun(record, points, panels, database, wanted, track)
