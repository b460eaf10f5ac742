"""Groups of few plateaus cut in two, for `one_or_two` to judge.

BIC allows few plateaus few levels: two levels with two visits each often come out as one group.
Where there are `FEW_SEQUENCES` or fewer sequences of pulses, each group is therefore cut at the
largest gap between the medians of its plateaus, unless that is less than `APART` times the scatter
within a plateau: levels nearer than 4 σ are one. The cut stays if two levels are the more probable.
"""

import numpy as np
import numpy.typing as npt

from ....arrays import Flags
from .plateaus import Plateaus

FEW_SEQUENCES = 3
APART = 4.0


def has_few_sequences(sequence: npt.NDArray[np.int64]) -> bool:
    """Return True if the sequences (n,) of readings are too few for BIC to count levels."""
    return len(np.unique(sequence)) <= FEW_SEQUENCES


def halves(plateaus: Plateaus, member: Flags) -> tuple[Flags, ...]:
    """Return the plateaus (n,) of a group above and below its largest gap, or all as one."""
    rising = np.flatnonzero(member)[np.argsort(plateaus.median_ohm[member])]
    if len(rising) < 2:
        return (member,)
    gap = np.diff(plateaus.median_ohm[rising])
    scatter = float(np.sqrt(np.median(plateaus.variance_ohm2[member])))
    if gap.max() <= APART * scatter:
        return (member,)
    above = np.zeros_like(member)
    above[rising[int(gap.argmax()) + 1 :]] = True
    return above, member & ~above
