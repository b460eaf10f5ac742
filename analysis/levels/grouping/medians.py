"""Medians of many stretches of values."""

import numpy as np

from ....arrays import Floats, Ints
from ....compiled import compiled


@compiled
def medians(values: Floats, edges: Ints) -> Floats:
    """Return the median of each stretch of values between neighbouring edges."""
    found = np.empty(len(edges) - 1)
    for number in range(len(found)):
        found[number] = np.median(values[edges[number] : edges[number + 1]])
    return found
