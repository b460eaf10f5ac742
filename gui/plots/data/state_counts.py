"""Readings by pulse amplitude and resistance: the state-distribution map while a run goes on.

The map of `analysis.levels.state_map` gives P(level | amplitude) for levels found beforehand. Here
the resistance stays in fine bins in place of levels, so that the map needs no fit and is right from
the first pulse; each amplitude sums to 1 as there.
"""

import numpy as np

from ....arrays import Counts, Floats, Ints

FINEST_STEP_V = 1e-4  # the smallest step of amplitude that a protocol takes
MOST_AMPLITUDES = 512
ROWS = 512


class StateCounts:
    """Numbers of readings, a row per resistance bin and a column per amplitude in use.

    `amplitudes_V` are rounded to `step_V`, which doubles when a run uses more than 512 of them;
    the resistance bins lie between `low_ohm` and `high_ohm`, a range that doubles when it must.
    """

    def __init__(self) -> None:
        self.step_V = FINEST_STEP_V
        self.low_ohm = self.high_ohm = np.nan
        self._steps: Counts = np.zeros(0, np.int64)  # amplitudes over step_V, rising
        self.hits: Counts = np.zeros((0, ROWS), np.int64)  # by amplitude, then resistance

    @property
    def amplitudes_V(self) -> Floats:
        return np.multiply(self._steps, self.step_V, dtype=np.float64)

    def add(self, amplitude_V: Floats, resistance_ohm: Floats) -> None:
        """Count finite readings after pulses."""
        if not len(amplitude_V):
            return
        self._make_room_for_resistances(float(resistance_ohm.min()), float(resistance_ohm.max()))
        steps = self._make_room_for_amplitudes(amplitude_V)
        column = np.searchsorted(self._steps, steps)
        scale = ROWS / (self.high_ohm - self.low_ohm)
        row = np.minimum(((resistance_ohm - self.low_ohm) * scale).astype(np.int64), ROWS - 1)
        flat = np.bincount(column * ROWS + row, minlength=self.hits.size)
        self.hits += flat.reshape(self.hits.shape)

    def _make_room_for_resistances(self, low: float, high: float) -> None:
        if np.isnan(self.low_ohm):
            margin = max((high - low) / 2, 1e-3 * max(abs(low), abs(high)), 1e-9)
            self.low_ohm, self.high_ohm = low - margin, high + margin
        while low < self.low_ohm or high >= self.high_ohm:
            span = self.high_ohm - self.low_ohm
            halved = self.hits.reshape(len(self.hits), ROWS // 2, 2).sum(axis=2)
            empty = np.zeros((len(self.hits), ROWS // 2), np.int64)
            if low < self.low_ohm:
                self.low_ohm -= span
                self.hits = np.hstack([empty, halved])
            else:
                self.high_ohm += span
                self.hits = np.hstack([halved, empty])

    def _make_room_for_amplitudes(self, amplitude_V: Floats) -> Ints:
        while True:
            steps = np.rint(amplitude_V / self.step_V).astype(np.int64)
            new = np.setdiff1d(steps, self._steps)
            if len(self._steps) + len(new) <= MOST_AMPLITUDES:
                break
            self._coarsen()
        if len(new):
            at = np.searchsorted(self._steps, new)
            self._steps = np.insert(self._steps, at, new)
            self.hits = np.insert(self.hits, at, 0, axis=0)
        return steps

    def _coarsen(self) -> None:
        """Double the step of amplitude and add up the amplitudes that become the same."""
        self.step_V *= 2
        steps, column = np.unique(np.rint(self._steps / 2).astype(np.int64), return_inverse=True)
        hits = np.zeros((len(steps), ROWS), np.int64)
        np.add.at(hits, column, self.hits)
        self._steps, self.hits = steps, hits
