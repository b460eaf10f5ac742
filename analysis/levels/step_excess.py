"""Steps that the readings of a visit take the way of the pulses (see `hidden_steps`)."""

import numpy as np

from ...arrays import Floats, Ints
from ...compiled import compiled


@compiled
def changes(value: Floats, first: Ints, readings: Ints, way: Floats) -> tuple[Floats, Floats]:
    """Return the excess of steps forwards, and the change from first to second half, by visit.

    A visit begins at reading `first`, has so many `readings`, and its pulses drive the `way`.
    """
    excess, change = np.zeros(len(first)), np.zeros(len(first))
    for visit in range(len(first)):
        count, half = readings[visit], readings[visit] // 2
        part = way[visit] * value[first[visit] : first[visit] + count]
        mean, passed, highest, lowest = part.mean(), 0.0, -np.inf, np.inf
        for before in range(1, count):
            passed -= part[before - 1] - mean
            step = passed / np.sqrt(before * (count - before))
            highest, lowest = max(highest, step), min(lowest, step)
        excess[visit] = highest + lowest
        change[visit] = part[count - half :].mean() - part[:half].mean()
    return excess, change
