"""One change of resistance that nothing undoes: a junction that burns early, a device that forms.

Before and after it no reading is the same, to within a gap of ln R, the median changes by more than
e^`FAR`, and at least one whole ladder of pulses follows. What that is, the later ladders tell:
those of a device repeat, those of a burnt junction do not. Of two or more, cut to one length, F is
the variance between places in the ladder over what is left, and above `REPEATS` for a device. A
single ladder of independent readings is none: half its mean square of successive differences is at
least `SCATTERED` of its variance (von Neumann, Ann. Math. Stat. 12, 367 (1941)); one that is
ordered may be a device or wander.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from ..arrays import Counts, Floats
from .errors import AnalysisError

FAR = 3.0
REPEATS = 4.0
SCATTERED = 0.5
FEWEST = 4

Change = tuple[int, Literal["burnt", "formed"]]


def one_way_change(
    log: Floats, group: npt.NDArray[np.intp], sequence: Counts, phase: Counts
) -> Change | None:
    """Return the first reading after the change and what it was; None without such a change.

    `log` is ln R, `group` numbers the groups of readings apart, `sequence` the ladders and `phase`
    their phases; all of shape (n,), in order of time. Raises AnalysisError where the later ladders
    are too few to tell.
    """
    start = _change(log, group)
    if start is None or len(log) - start < FEWEST:
        return None
    later = sequence > sequence[start - 1]
    if sequence[start] == sequence[start - 1]:
        later &= sequence != sequence[start]
    if not later.any():
        return None
    works = _is_device(log[later], sequence[later], phase[later])
    if works is None:
        raise AnalysisError(_undecided(log, start, int(sequence[start])))
    if not works:
        return start, "burnt"
    return (start, "formed") if 2 * start < len(log) else None


def lasting_change(log: Floats) -> int | None:
    """Return the reading after which all of ln R (n,) lies more than `FAR` from all before it.

    None without such a change, or with fewer than `FEWEST` readings on a side.
    """
    if len(log) < 2 * FEWEST:
        return None
    low, high = np.minimum.accumulate, np.maximum.accumulate
    falls = low(log)[:-1] - high(log[::-1])[::-1][1:]
    rises = low(log[::-1])[::-1][1:] - high(log)[:-1]
    apart = np.maximum(falls, rises)
    start = int(np.argmax(apart)) + 1
    both = min(start, len(log) - start)
    return start if apart[start - 1] > FAR and both >= FEWEST else None


def _undecided(log: Floats, start: int, ladder: int) -> str:
    before, after = (float(np.exp(np.median(part))) for part in (log[:start], log[start:]))
    return (
        f"The resistance changes once, from about {before:.3g} to {after:.3g} Ω in the series of "
        f"pulses {ladder + 1} (counted from 1), and never comes back: damage or forming. Measure "
        "more cycles, or mark the readings on the wrong side."
    )


def _change(log: Floats, group: npt.NDArray[np.intp]) -> int | None:
    """Return the first reading after the largest change that no group is on both sides of."""
    last_seen = np.zeros(int(group.max()) + 1, dtype=np.intp)
    np.maximum.at(last_seen, group, np.arange(len(group)))
    reaches = np.maximum.accumulate(last_seen[group])
    cuts = np.flatnonzero(reaches == np.arange(len(group)))[:-1] + 1
    jumps = [abs(float(np.median(log[cut:]) - np.median(log[:cut]))) for cut in cuts.tolist()]
    if not jumps or max(jumps) <= FAR:
        return None
    return int(cuts[int(np.argmax(jumps))])


def _is_device(log: Floats, sequence: Counts, phase: Counts) -> bool | None:
    """Return True if the ladders of a phase are those of a device, None if they do not tell."""
    found = [_repeats(ladders) for ladders in _by_phase(log, sequence, phase)]
    return True if True in found else None if None in found else False


def _by_phase(log: Floats, sequence: Counts, phase: Counts) -> list[list[Floats]]:
    starts = np.flatnonzero(np.r_[True, np.diff(sequence) != 0])
    ladders = np.split(log, starts[1:])
    return [
        [ladder for ladder, of in zip(ladders, phase[starts], strict=True) if of == one]
        for one in np.unique(phase)
    ]


def _repeats(ladders: list[Floats]) -> bool | None:
    long = [ladder for ladder in ladders if len(ladder) >= FEWEST]
    if len(long) < 2:
        return False if long and _is_scattered(long[0]) else None
    table = np.array([ladder[: min(map(len, long))] for ladder in long])
    count, places = table.shape
    profile = table.mean(axis=0)
    left = float(((table - profile) ** 2).sum()) / (places * (count - 1))
    return bool(count * float(profile.var(ddof=1)) > REPEATS * left)


def _is_scattered(ladder: Floats) -> bool:
    return float((np.diff(ladder) ** 2).mean()) / 2 >= SCATTERED * float(ladder.var())
