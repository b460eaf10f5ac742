"""Both states of a device over its cycles: their window, and the first cycle that fails.

A cycle has a reading after its write and one after its reset pulses. It fails if one of them is no
number, is marked as not to be trusted, or is on the wrong side of the middle between the medians of
both states in the first `REFERENCE` cycles that were read, taken in ln R for states more than a
factor of `LOG_SPAN` apart. A failure lasts if every cycle read from
it on fails. Nothing is left out as an outlier: a broken junction is what is looked for. A cycle
that was not measured to its end does not count.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd

from ...arrays import Flags, Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import proportion_ci
from ..levels.scale import LOG_SPAN
from ..run_points import MARK, require

REFERENCE = 100
OUTER = (5.0, 95.0)  # percentiles
BINS_PER_DECADE = 10


@dataclass(frozen=True, slots=True)
class Cycling:
    """The cycles that were read (n,), counted from 1, and both readings of each, NaN if missing.

    `middle_ohm` is what the states must lie on either side of, `trusted` False where a reading is
    marked or missing, `failed` True for a cycle that fails.
    """

    cycle: Floats
    written_ohm: Floats
    reset_ohm: Floats
    trusted: Flags
    middle_ohm: float
    reset_is_higher: bool
    failed: Flags

    @property
    def first_failure(self) -> int | None:
        """The first cycle that fails; None if none does."""
        return int(self.cycle[self.failed.argmax()]) if self.failed.any() else None

    @property
    def lasting_failure(self) -> int | None:
        """The cycle from which all that were read fail; None if the last one does not."""
        if not self.failed[-1]:
            return None
        sound = np.flatnonzero(~self.failed)
        return int(self.cycle[sound[-1] + 1 if len(sound) else 0])

    @property
    def lasting(self) -> tuple[int, Estimate]:
        """How many cycles in a row fail at the end, and the share of failures among such ones."""
        count = int(np.argmax(np.r_[~self.failed[::-1], True]))
        return count, proportion_ci(count, count)

    @property
    def failure_probability(self) -> Estimate:
        """The share of failed cycles among those read."""
        return proportion_ci(int(self.failed.sum()), len(self.failed))

    def state_ohm(self, phase: str) -> Floats:
        """Return the trusted, finite readings after the pulses of a phase."""
        values = self.written_ohm if phase == Phase.WRITE else self.reset_ohm
        return np.asarray(values[self.trusted & np.isfinite(values)])


@dataclass(frozen=True, slots=True)
class Window:
    """Percentiles of both states in groups of cycles: their first and last cycle, and (groups, 3)
    lower end, median and upper end of the written and of the reset state in ohm."""

    first_cycle: Floats
    last_cycle: Floats
    written_ohm: Floats
    reset_ohm: Floats
    margin_ohm: Floats


def has_single_halves(points: pd.DataFrame) -> bool:
    """Return True for runs of write and reset pulses that have one reading each in most cycles."""
    counts = _fired(points)[["cycle", "phase"]].value_counts()
    phases = set(counts.index.get_level_values("phase")) if len(counts) else set()
    return phases == {Phase.WRITE, Phase.RESET} and bool((counts == 1).mean() > 0.8)


def _fired(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points after a pulse; where no amplitude is known, those of writing and reset."""
    fired = points["amplitude_V"].notna()
    if not fired.any():
        fired = points["phase"].isin((Phase.WRITE, Phase.RESET))
    return points[fired]


def measure_cycling(points: pd.DataFrame) -> Cycling:
    """Return both states over the cycles; raises AnalysisError without a sound one of each."""
    require(points, ("cycle", "phase", "amplitude_V", "resistance_ohm"))
    fired = _fired(points)
    if MARK not in fired:
        fired = fired.assign(**{MARK: np.nan})
    halves = fired.groupby(["cycle", "phase"], sort=True)
    if not {Phase.WRITE, Phase.RESET} <= set(fired["phase"]):
        raise AnalysisError("The run has no write and reset pulses; cycle it with endurance.")
    last = halves[["resistance_ohm"]].nth(-1)
    last.index = pd.MultiIndex.from_frame(fired.loc[last.index, ["cycle", "phase"]])
    table = last.assign(marked=halves[MARK].count() > 0).unstack("phase")
    table = table[halves.size().unstack("phase").notna().all(axis=1)]
    if table.empty:
        raise AnalysisError("No cycle was measured to its end; measure one cycle or more.")
    written, reset = (
        table["resistance_ohm"][phase].to_numpy(dtype=float) for phase in (Phase.WRITE, Phase.RESET)
    )
    marked = table["marked"].to_numpy(dtype=bool).any(axis=1)
    trusted = np.isfinite(written) & np.isfinite(reset) & ~marked
    if not trusted.any():
        raise AnalysisError("No cycle has a sound reading of both states; check the contacts.")
    reference = np.flatnonzero(trusted)[:REFERENCE]
    low, high = float(np.median(written[reference])), float(np.median(reset[reference]))
    middle, higher = _middle(low, high), high >= low
    wrong = (reset <= middle) | (written >= middle)
    if not higher:
        wrong = (reset >= middle) | (written <= middle)
    cycle = table.index.to_numpy(dtype=float) + 1
    return Cycling(cycle, written, reset, trusted, middle, higher, np.asarray(~trusted | wrong))


def _middle(one_ohm: float, other_ohm: float) -> float:
    """Return the middle between two states: in ln R if they lie further apart than `LOG_SPAN`.

    The states of such memories are log-normal (see `levels.scale`).
    """
    low, high = sorted((one_ohm, other_ohm))
    if low > 0 and high > LOG_SPAN * low:
        return sqrt(low) * sqrt(high)
    return (low + high) / 2


def window_over_cycles(cycling: Cycling) -> Window:
    """Return the percentiles of both states in groups of cycles, ten a decade.

    The margin is the distance between the outer percentiles of the states that face each other,
    negative where they overlap.
    """
    edges = np.floor(np.log10(cycling.cycle) * BINS_PER_DECADE)
    found = []
    for edge in np.unique(edges):
        mine = (edges == edge) & cycling.trusted
        if mine.any():
            ends = (cycling.cycle[mine].min(), cycling.cycle[mine].max())
            states = [
                np.percentile(values[mine], (OUTER[0], 50.0, OUTER[1]))
                for values in (cycling.written_ohm, cycling.reset_ohm)
            ]
            found.append((*ends, *states))
    first, last, written, reset = (np.array(each, dtype=float) for each in zip(*found, strict=True))
    lower, upper = (written, reset) if cycling.reset_is_higher else (reset, written)
    return Window(first, last, written, reset, np.asarray(upper[:, 0] - lower[:, 2]))
