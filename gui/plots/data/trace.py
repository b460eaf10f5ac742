"""The points of a run that one curve shows."""

from collections.abc import Callable

import numpy as np

from ....arrays import Counts, Flags, Floats
from ....storage import Phase
from .growing import Growing
from .run_points import RunPoints

Choice = Callable[[RunPoints, slice], tuple[Floats, Floats]]


def against_voltage(points: RunPoints, rows: slice) -> tuple[Floats, Floats]:
    """Return amplitude (V) and resistance (ohm); NaN for a reading without a pulse."""
    return points.amplitude_V[rows], points.resistance_ohm[rows]


def against_time(points: RunPoints, rows: slice) -> tuple[Floats, Floats]:
    """Return elapsed time (s) and resistance (ohm)."""
    return points.elapsed_s[rows], points.resistance_ohm[rows]


def field_against_time(points: RunPoints, rows: slice) -> tuple[Floats, Floats]:
    """Return elapsed time (s) and field (mT)."""
    return points.elapsed_s[rows], points.field_T[rows] * 1e3


def against_field(points: RunPoints, rows: slice) -> tuple[Floats, Floats]:
    """Return field (mT) and resistance (ohm) of minor loops; NaN for any other phase."""
    loop = points.phases.index(Phase.LOOP) if Phase.LOOP in points.phases else -1
    field_mT = np.where(points.phase[rows] == loop, points.field_T[rows] * 1e3, np.nan)
    return field_mT, points.resistance_ohm[rows]


class Trace:
    """Points with finite x and y in the order of measurement, marked ones apart.

    `index` is the row of each in the run; `joined` is set where a line leads to it from the point
    before it: both of the same cycle and phase, unless `whole` joins all. `extent` is the range of
    x and y, `marked` holds x and y of the points whose reading is not to be trusted.
    """

    def __init__(self, points: RunPoints, choice: Choice, *, whole: bool = False) -> None:
        self.points = points
        self._choice, self._whole = choice, whole
        self._read = 0
        self._x: Growing[np.float64] = Growing(np.float64)
        self._y: Growing[np.float64] = Growing(np.float64)
        self._index: Growing[np.int64] = Growing(np.int64)
        self._joined: Growing[np.bool_] = Growing(np.bool_)
        self._marked_x: Growing[np.float64] = Growing(np.float64)
        self._marked_y: Growing[np.float64] = Growing(np.float64)
        self.extent = np.array([[np.inf, -np.inf], [np.inf, -np.inf]])
        self.least_positive_y = np.inf

    def __len__(self) -> int:
        return len(self._x)

    @property
    def x(self) -> Floats:
        return self._x.values

    @property
    def y(self) -> Floats:
        return self._y.values

    @property
    def index(self) -> Counts:
        return self._index.values

    @property
    def joined(self) -> Flags:
        return self._joined.values

    @property
    def cycle(self) -> Counts:
        return self.points.cycle[self.index]

    @property
    def marked(self) -> tuple[Floats, Floats]:
        return self._marked_x.values, self._marked_y.values

    @property
    def complete(self) -> bool:
        return self._read == len(self.points)

    def update(self, most: int) -> slice:
        """Read up to `most` further points of the run; return the slice of those added."""
        rows = slice(self._read, min(self._read + most, len(self.points)))
        before = len(self)
        self._read = rows.stop
        x, y = self._choice(self.points, rows)
        finite, marked = np.isfinite(x) & np.isfinite(y), self.points.marked[rows]
        self._marked_x.extend(x[finite & marked])
        self._marked_y.extend(y[finite & marked])
        kept = np.flatnonzero(finite & ~marked)
        if len(kept):
            self._add(x[kept], y[kept], kept + rows.start)
        return slice(before, len(self))

    def _add(self, x: Floats, y: Floats, index: Counts) -> None:
        before = self.index[-1:]
        self._x.extend(x)
        self._y.extend(y)
        self._index.extend(index)
        self._joined.extend(self._joins(before, index))
        low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        self.extent[:, 0] = np.minimum(self.extent[:, 0], low)
        self.extent[:, 1] = np.maximum(self.extent[:, 1], high)
        positive = y[y > 0]
        if len(positive):
            self.least_positive_y = min(self.least_positive_y, float(positive.min()))

    def _joins(self, before: Counts, index: Counts) -> Flags:
        joined = np.ones(len(index), bool)
        joined[0] = len(before) > 0
        if self._whole:
            return joined
        both = np.concatenate([before if len(before) else index[:1], index])
        cycle, phase = self.points.cycle[both], self.points.phase[both]
        joined &= (np.diff(cycle) == 0) & (np.diff(phase.astype(int)) == 0)
        return joined
