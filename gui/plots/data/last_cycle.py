"""The cycle that stands for an earlier run where another one is shown."""

import numpy as np

from ....arrays import Flags, Floats
from .run_points import RunPoints
from .trace import Choice, Trace

MOST_POINTS = 1500  # of the line; it is dashed, which Qt does slowly
WHOLE = 0.9  # of the points of the longest cycle, from which a cycle counts as whole


class LastCycle:
    """The last whole cycle of a run as a line; empty until all points are read."""

    def __init__(self, points: RunPoints, choice: Choice) -> None:
        self._trace = Trace(points, choice)
        self.x: Floats = np.zeros(0)
        self.y: Floats = np.zeros(0)
        self.joined: Flags = np.zeros(0, bool)

    def read(self, most: int) -> bool:
        """Take up to `most` points of the run; return whether more are waiting."""
        new = self._trace.update(most)
        if self._trace.complete and new.stop > new.start:
            self._choose()
        return not self._trace.complete

    def _choose(self) -> None:
        trace = self._trace
        numbers, sizes = np.unique(trace.cycle, return_counts=True)
        chosen = numbers[sizes >= WHOLE * sizes.max()][-1]
        rows = np.flatnonzero(trace.cycle == chosen)
        rows = rows[:: max(1, -(-len(rows) // MOST_POINTS))]
        part = np.cumsum(~trace.joined)[rows]
        self.x, self.y = trace.x[rows], trace.y[rows]
        self.joined = np.diff(part, prepend=-1) == 0
