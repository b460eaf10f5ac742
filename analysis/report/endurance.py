"""The table of a device cycled between two states."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...storage import Phase
from ..switching.cycling import OUTER, REFERENCE, Cycling, measure_cycling, window_over_cycles
from .table import Table, format_estimate


def endurance_table(points: pd.DataFrame) -> Table:
    """Return states, window and failures over the cycles; raises AnalysisError without them."""
    cycling = measure_cycling(points)
    window = window_over_cycles(cycling)
    narrowest = int(window.margin_ohm.argmin())
    first, last = (int(ends[narrowest]) for ends in (window.first_cycle, window.last_cycle))
    failed, failure = int(cycling.failed.sum()), cycling.first_failure
    rows = (
        ("cycles, of these read", f"{int(cycling.cycle.max())}, {len(cycling.cycle)}"),
        ("after write (Ω), median", _spread(cycling.state_ohm(Phase.WRITE))),
        ("after reset (Ω), median", _spread(cycling.state_ohm(Phase.RESET))),
        ("narrowest window (Ω)", f"{window.margin_ohm[narrowest]:.4g}, cycles {first} to {last}"),
        ("first failure", "none" if failure is None else f"cycle {failure}"),
        ("failed cycles", f"{failed} of {len(cycling.cycle)} read"),
        ("share of failed cycles (%)", format_estimate(cycling.failure_probability, 100)),
    )
    return Table("Endurance", ("quantity", "value"), rows, tuple(_remarks(cycling)))


def _spread(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> str:
    low, middle, high = np.percentile(values, (OUTER[0], 50.0, OUTER[1]))
    return f"{middle:.4g} ({OUTER[0]:g} to {OUTER[1]:g} %: {low:.4g} to {high:.4g})"


def _lasting(cycling: Cycling, first: int) -> str:
    """Return what the failures at the end say, which are few where a run ends with them."""
    count, share = cycling.lasting
    sound = cycling.cycle[~cycling.failed]
    after = f", the first after cycle {int(sound[-1])}, which is sound" if len(sound) else ""
    return (
        f"From cycle {first} on all {count} cycles that were read fail{after}: of further ones, "
        f"{100 * share.low:.3g} to 100 % would."
        if count > 1
        else f"Cycle {first}, the last that was read, fails{after}: one failure does not show "
        "whether it lasts."
    )


def _remarks(cycling: Cycling) -> Iterator[str]:
    sides = "below, reset above" if cycling.reset_is_higher else "above, reset below"
    yield (
        f"A cycle fails if a reading is missing or marked, or not on its side of "
        f"{cycling.middle_ohm:.4g} Ω (written {sides}), the middle between the medians of the "
        f"first {min(REFERENCE, int(cycling.trusted.sum()))} sound cycles."
    )
    if cycling.lasting_failure is not None:
        yield _lasting(cycling, cycling.lasting_failure)
    if len(cycling.cycle) < cycling.cycle.max():
        yield "Between cycles that are read a failure is seen only if it lasts."
    if len(cycling.cycle) == 1:
        yield "One cycle shows no change of the states."
