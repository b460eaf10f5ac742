"""Quantities against time: resistance and field, drawn column by column where points are dense."""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from ...arrays import Floats
from .clipboard import Column, columns_of
from .crosshair import Reading, describe, nearest_row
from .data.pyramid import Pyramid
from .data.run_points import RunPoints
from .data.trace import Choice, Trace, against_time, field_against_time
from .drawing.axes import FIELD, R_SHORT, RESISTANCE, TIME, Axis
from .drawing.labels import draw_labels
from .drawing.strokes import draw_crosses, draw_dashed, draw_segments, fill_rectangles, pen
from .drawing.view import Frame, View
from .plot import Plot

DENSE = 6.0  # points a device pixel from which each column of pixels is one bar
WIDTH = 1.3  # logical pixels


class Series:
    """A trace against rising time with the extremes of any range of it."""

    def __init__(self, points: RunPoints, choice: Choice) -> None:
        self.trace = Trace(points, choice, whole=True)
        self._pyramid = Pyramid()

    def read(self, most: int) -> bool:
        """Take up to `most` new points; return whether more are waiting."""
        new = self.trace.update(most)
        self._pyramid.extend(self.trace.y[new])
        return not self.trace.complete

    def rows(self, frame: Frame) -> slice:
        """Return the rows within the ends of a frame, and one more on either side."""
        start, stop = np.searchsorted(self.trace.x, frame.view.x)
        return slice(max(int(start) - 1, 0), min(int(stop) + 1, len(self.trace)))

    def is_dense(self, frame: Frame) -> bool:
        rows = self.rows(frame)
        return bool(rows.stop - rows.start > DENSE * frame.rect.width() * frame.ratio)

    def columns(self, frame: Frame) -> Floats:
        """Return a bar x, y, width, height for each column of device pixels with points.

        Each includes the first point of the next column, so that no step is left open, and is at
        least as high as a line is wide.
        """
        count = max(1, round(frame.rect.width() * frame.ratio))
        low, high = frame.view.x
        edges = np.searchsorted(self.trace.x, np.linspace(low, high, count + 1))
        start, stop = edges[:-1], np.minimum(edges[1:] + 1, len(self.trace))
        some = edges[1:] > edges[:-1]
        least, greatest = self._pyramid.extremes(start[some], stop[some])
        x = frame.rect.left() + np.flatnonzero(some) / frame.ratio
        top, bottom = frame.py(greatest), frame.py(least)
        missing = np.maximum(WIDTH - (bottom - top), 0)
        width = np.full(len(x), 1 / frame.ratio)
        return np.column_stack([x, top - missing / 2, width, bottom - top + missing])


class SeriesPlot(Plot):
    """A quantity against the time on the bench.

    A resumed run continues where the attempt before it ended. Overlays are dashed where their
    points lie apart; marked points are crosses.
    """

    x_axis = TIME
    names_overlays = True

    def __init__(self, choice: Choice, y_axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.y_axis, self._choice = y_axis, choice
        self.begin()
        self.begin_overlays()

    def begin(self) -> None:
        self._series = Series(self.points, self._choice)

    def begin_overlays(self) -> None:
        self._overlaid = [Series(overlay.points, self._choice) for overlay in self.overlays]

    def read(self, most: int) -> bool:
        waiting = [series.read(most) for series in (self._series, *self._overlaid)]
        return any(waiting)

    def extent(self) -> tuple[float, float, float, float] | None:
        traces = [series.trace for series in (self._series, *self._overlaid)]
        if not len(traces[0]):
            return None
        extents = [trace.extent for trace in traces if len(trace)]
        low = np.min([extent[:, 0] for extent in extents], axis=0)
        high = np.max([extent[:, 1] for extent in extents], axis=0)
        bottom = low[1]
        if self.log:
            bottom = max(bottom, min(min(trace.least_positive_y for trace in traces), high[1]))
        return float(low[0]), float(high[0]), float(bottom), float(high[1])

    def paint_data(self, painter: QPainter, frame: Frame, deadline_s: float) -> bool:
        del deadline_s
        for number, overlaid in enumerate(self._overlaid):
            self._draw_series(painter, frame, overlaid, self.colours.overlay(number), dashed=True)
        self._draw_series(painter, frame, self._series, QColor(self.colours.accent))
        x, y = self._series.trace.marked
        draw_crosses(painter, frame.px(x), frame.py(y), QColor(self.colours.marked))
        if self.names_overlays:
            labelled = [
                (overlay.label, series.trace.x[-1:], series.trace.y[-1:])
                for overlay, series in zip(self.overlays, self._overlaid, strict=True)
            ]
            draw_labels(painter, frame, labelled, self.colours)
        return True

    def _draw_series(
        self,
        painter: QPainter,
        frame: Frame,
        series: Series,
        colour: QColor,
        *,
        dashed: bool = False,
    ) -> None:
        if series.is_dense(frame):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            fill_rectangles(painter, series.columns(frame), colour)
            return
        rows, trace = series.rows(frame), series.trace
        x, y, joined = frame.px(trace.x[rows]), frame.py(trace.y[rows]), trace.joined[rows]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if dashed:
            painter.setPen(pen(colour, WIDTH, Qt.PenStyle.DashLine))
            draw_dashed(painter, x, y, joined)
        else:
            painter.setPen(pen(colour, WIDTH))
            draw_segments(painter, x, y, joined)
            if len(x) == 1:
                painter.setPen(pen(colour, 3 * WIDTH))
                painter.drawPoint(QPointF(x[0], y[0]))

    def nearest(self, frame: Frame, at: QPointF) -> Reading | None:
        trace = self._series.trace
        row = nearest_row(trace.x, trace.y, frame, at)
        return None if row is None else describe(trace, row, self.x_axis, self.y_axis)

    def neighbour(self, reading: Reading | None, step: int) -> Reading | None:
        trace = self._series.trace
        row = reading.row + step if reading else len(trace) - 1
        known = 0 <= row < len(trace)
        return describe(trace, row, self.x_axis, self.y_axis) if known else None

    def table(self, view: View) -> list[Column]:
        return columns_of(self._series.trace, view, self.x_axis, self.y_axis)


class TimePlot(SeriesPlot):
    """Resistance against time; compact, as a strip below a plot that names the overlays."""

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(against_time, R_SHORT if compact else RESISTANCE, parent)
        self.names_overlays = not compact


class FieldPlot(SeriesPlot):
    """Field against time, in mT."""

    without_data = "No field was set or read in this run."
    can_be_logarithmic = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(field_against_time, FIELD, parent)
