"""Histogram of the resistances of a run: its levels are the peaks."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from ...arrays import Counts, Floats
from .clipboard import Column
from .crosshair import Reading
from .data.counts import LevelCounts
from .data.run_points import RunPoints
from .data.trace import Trace, against_time
from .drawing.axes import READINGS, RESISTANCE, number_text
from .drawing.strokes import draw_lines, fill_rectangles, pen
from .drawing.view import Frame, View, followed
from .plot import Plot

BIN_PIXELS = 2.0  # the least height of a bin


class HistogramPlot(Plot):
    """Numbers of unmarked readings by resistance; overlays are outlines.

    Beside another plot it shares that plot's resistance axis: `share_view` sets the range.
    """

    x_axis = READINGS
    y_axis = RESISTANCE

    def __init__(self, parent: QWidget | None = None, *, beside: bool = False) -> None:
        super().__init__(parent)
        self.beside = beside
        self.scales_shown = (True, not beside)
        self.moves = (False, not beside)
        self.begin()
        self.begin_overlays()

    def begin(self) -> None:
        self._counted = _Counted(self.points)

    def begin_overlays(self) -> None:
        self._overlaid = [_Counted(overlay.points) for overlay in self.overlays]

    def read(self, most: int) -> bool:
        waiting = [counted.read(most) for counted in (self._counted, *self._overlaid)]
        return any(waiting)

    def extent(self) -> tuple[float, float, float, float] | None:
        trace = self._counted.trace
        if not len(trace):
            return None
        low, high = trace.extent[1]
        if self.log:
            low = max(low, min(trace.least_positive_y, high))
        return 0.0, 1.0, float(low), float(high)

    def ranges(
        self, extent: tuple[float, float, float, float]
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        if self.beside and self.view:
            return self._fitted_counts(self.view.y), self.view.y
        y = followed(self.view.y if self.view else None, *extent[2:], log=self.log)
        return self._fitted_counts(y), y

    def set_view(self, view: View, *, by_hand: bool = True) -> None:
        super().set_view(replace(view, x=self._fitted_counts(view.y)), by_hand=by_hand)

    def share_view(self, view: View) -> None:
        """Show the resistances of a view, as the plot beside does."""
        self.log = view.log
        self.set_view(view, by_hand=False)

    def _fitted_counts(self, y: tuple[float, float]) -> tuple[float, float]:
        """Return the range of counts for a range of resistances; it changes in steps."""
        most = max(self._most(y), 1.0)
        shown = self.view.x[1] if self.view else 0.0
        return 0.0, shown if most <= shown <= 2 * most else 1.12 * most

    def _most(self, y: tuple[float, float]) -> float:
        _, counts = self._counted.counts.bins(*y, self._bins())
        return float(counts.max(initial=0))

    def _bins(self) -> int:
        return max(8, int(self.data_rect().height() / BIN_PIXELS))

    def paint_data(self, painter: QPainter, frame: Frame, deadline_s: float) -> bool:
        del deadline_s
        edges, counts = self._counted.counts.bins(*frame.view.y, self._bins())
        fill_rectangles(painter, _bars(frame, edges, counts), QColor(self.colours.accent))
        for number, overlaid in enumerate(self._overlaid):
            edges, counts = overlaid.counts.bins(*frame.view.y, self._bins())
            painter.setPen(pen(self.colours.overlay(number), 1.2))
            draw_lines(painter, _outline(frame, edges, counts))
        return True

    def nearest(self, frame: Frame, at: QPointF) -> Reading | None:
        resistance = frame.y_at(at.y())
        edges, counts = self._counted.counts.bins(*frame.view.y, self._bins())
        row = int(np.searchsorted(edges, resistance, side="right")) - 1
        return self._reading(edges, counts, row)

    def neighbour(self, reading: Reading | None, step: int) -> Reading | None:
        if self.view is None:
            return None
        edges, counts = self._counted.counts.bins(*self.view.y, self._bins())
        row = reading.row + step if reading else int(counts.argmax())
        return self._reading(edges, counts, row)

    def _reading(self, edges: Floats, counts: Counts, row: int) -> Reading | None:
        if not 0 <= row < len(counts):
            return None
        low, high = float(edges[row]), float(edges[row + 1])
        middle, count = (low + high) / 2, int(counts[row])
        share = 100 * count / max(self._counted.counts.total, 1)
        width = high - low
        between = f"{self.y_axis.text(low, width)} to {self.y_axis.text(high, width)}"
        return Reading(
            float(count),
            middle,
            row,
            f"{count:,}",
            "readings",
            f"{between} · {number_text(share, 3)} %",
        )

    def table(self, view: View) -> list[Column]:
        edges, counts = self._counted.counts.bins(*view.y, self._bins())
        return [
            Column("From (Ω)", edges[:-1]),
            Column("To (Ω)", edges[1:]),
            Column("Readings", counts),
        ]


class _Counted:
    """The unmarked readings of a run and their counts."""

    def __init__(self, points: RunPoints) -> None:
        self.trace = Trace(points, against_time)
        self.counts = LevelCounts()

    def read(self, most: int) -> bool:
        new = self.trace.update(most)
        self.counts.add(self.trace.y[new])
        return not self.trace.complete


def _bars(frame: Frame, edges: Floats, counts: Counts) -> Floats:
    y = np.round(frame.py(edges) * frame.ratio) / frame.ratio
    left = float(frame.px(0.0))
    # A single reading among thousands is still a line that can be seen.
    width = np.where(counts > 0, np.maximum(frame.px(counts.astype(float)) - left, 1.0), 0.0)
    height = np.maximum(y[:-1] - y[1:], 1.0 / frame.ratio)
    bars = np.column_stack([np.full(len(counts), left), y[1:], width, height])
    return bars[counts > 0]


def _outline(frame: Frame, edges: Floats, counts: Counts) -> Floats:
    if not len(counts):
        return np.zeros((0, 4))
    y, x = np.repeat(frame.py(edges), 2), np.repeat(frame.px(counts.astype(float)), 2)
    start = np.full(1, float(frame.px(0.0)))
    x = np.concatenate([start, x, start])
    lines = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
    return lines[(lines[:, 0] > start) | (lines[:, 2] > start)]
