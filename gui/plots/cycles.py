"""Resistance by cycle against pulse amplitude or field, the newest cycle on top."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from ...arrays import Counts
from .clipboard import Column, columns_of
from .colours import SHADES
from .crosshair import Reading, describe, nearest_row
from .data.last_cycle import LastCycle
from .data.trace import Choice, Trace, against_field, against_voltage
from .drawing.axes import AMPLITUDE, FIELD, RESISTANCE, Axis
from .drawing.labels import draw_labels
from .drawing.layer import Layer
from .drawing.strokes import draw_crosses, draw_dashed, draw_segments, pen
from .drawing.view import Frame, View
from .plot import NO_PULSES, Plot

THIN, THICK = 1.0, 2.2  # logical pixels: earlier cycles, the newest
EXACT_COLOURS = 50_000  # points up to which every new cycle recolours the others
HEADROOM = 1.25  # of cycle numbers beyond that, so that recolouring stays rare


class CyclePlot(Plot):
    """Resistance by cycle: earlier cycles in a picture that grows, the newest thick on top.

    An overlay is the last whole cycle of an earlier run, dashed. Marked points are crosses.
    """

    y_axis = RESISTANCE

    def __init__(self, choice: Choice, x_axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.x_axis, self._choice = x_axis, choice
        self._earlier = Layer(self._paint_earlier)
        self._newest = Layer(self._paint_newest)
        self._beneath = Layer(self._paint_overlays)
        self.begin()
        self.begin_overlays()

    def begin(self) -> None:
        self._trace = Trace(self.points, self._choice)
        self._newest_row = 0
        self._newest_cycle = 0
        self._cycles = (0, 0)  # the numbers that the ends of the colours stand for
        self._earlier.clear()
        self._newest.clear()

    def begin_overlays(self) -> None:
        self._overlaid = [LastCycle(overlay.points, self._choice) for overlay in self.overlays]
        self._beneath.clear()

    @property
    def has_points(self) -> bool:
        """True if the run itself, not only one that is overlaid, has points to show."""
        return len(self._trace) > 0

    @property
    def cycles(self) -> tuple[int, int, int]:
        """The first cycle, the newest, and that of the last colour, counted from 0."""
        return self._cycles[0], self._newest_cycle, self._cycles[1]

    def read(self, most: int) -> bool:
        trace = self._trace
        new = trace.update(most)
        if new.stop > new.start:
            cycle = trace.points.cycle[trace.index[max(new.start - 1, 0) :]]
            turns = np.flatnonzero(np.diff(cycle))
            if len(turns):
                self._newest_row = max(new.start - 1, 0) + int(turns[-1]) + 1
            self._widen_colours(cycle)
        waiting = [line.read(most) for line in self._overlaid]
        return any(waiting) or not trace.complete

    def _widen_colours(self, cycle: Counts) -> None:
        first, last = self._cycles if len(self._trace) > len(cycle) else (int(cycle[0]),) * 2
        low, high = min(first, int(cycle.min())), max(last, int(cycle.max()))
        self._newest_cycle = max(int(cycle.max()), self._newest_cycle)
        if high > last and len(self._trace) > EXACT_COLOURS:
            high = low + int((high - low) * HEADROOM)
        self._cycles = low, high

    def extent(self) -> tuple[float, float, float, float] | None:
        extents = [self._trace.extent] if len(self._trace) else []
        extents += [
            np.array([[line.x.min(), line.x.max()], [line.y.min(), line.y.max()]])
            for line in self._overlaid
            if len(line.x)
        ]
        if not extents:
            return None
        low = np.min([extent[:, 0] for extent in extents], axis=0)
        high = np.max([extent[:, 1] for extent in extents], axis=0)
        least = min(self._trace.least_positive_y, high[1]) if self.log else low[1]
        return float(low[0]), float(high[0]), float(max(low[1], least)), float(high[1])

    def paint_data(self, painter: QPainter, frame: Frame, deadline_s: float) -> bool:
        count, newest = len(self._trace), self._newest_row
        overlaid = len(self._overlaid)
        ready = sum(len(line.x) > 0 for line in self._overlaid)
        whole = all(
            [
                self._beneath.update(frame, (self.colours, ready), slice(0, overlaid), deadline_s),
                self._newest.update(frame, self.colours, slice(newest, count), deadline_s),
                self._earlier.update(
                    frame, (self.colours, self._cycles), slice(0, newest), deadline_s
                ),
            ]
        )
        for layer in (self._earlier, self._beneath, self._newest):
            layer.draw(painter, frame)
        if not count:  # only overlays: they must not be taken for the run
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            ground = painter.boundingRect(frame.rect, flags, self.sentence)
            painter.fillRect(ground.adjusted(-4, -2, 4, 2), QColor(self.colours.background))
            painter.setPen(QColor(self.colours.muted))
            painter.drawText(frame.rect, flags, self.sentence)
        marked_x, marked_y = self._trace.marked
        draw_crosses(painter, frame.px(marked_x), frame.py(marked_y), QColor(self.colours.marked))
        draw_labels(
            painter,
            frame,
            [
                (overlay.label, line.x, line.y)
                for overlay, line in zip(self.overlays, self._overlaid, strict=True)
            ],
            self.colours,
        )
        return whole

    def _paint_earlier(self, painter: QPainter, frame: Frame, rows: slice) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        trace, shades = self._trace, self.colours.shades()
        before = max(rows.start - 1, 0)
        x, y = frame.px(trace.x[before : rows.stop]), frame.py(trace.y[before : rows.stop])
        joined = trace.joined[before : rows.stop]
        first, last = self._cycles
        cycle = trace.points.cycle[trace.index[before : rows.stop]]
        shade = (cycle - first) * (SHADES - 1) // max(last - first, 1)
        skip = rows.start - before
        alone = ~joined & ~np.append(trace.joined[before + 1 : rows.stop + 1], False)[: len(x)]
        for start, stop in _runs(shade, skip):
            painter.setPen(
                pen(shades[int(np.clip(shade[start], 0, SHADES - 1))], self._width(THIN))
            )
            part = slice(max(start - 1, 0), stop)
            draw_segments(painter, x[part], y[part], joined[part])
            dots = np.arange(start, stop)[alone[start:stop]]
            if len(dots):  # points that no line leads to or from, as of trials of one pulse
                painter.setPen(pen(painter.pen().color(), self._width(THICK)))
                painter.drawPoints([QPointF(x[at], y[at]) for at in dots])

    def _paint_newest(self, painter: QPainter, frame: Frame, rows: slice) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(self.colours.shades()[-1], self._width(THICK)))
        part = slice(max(rows.start - 1, 0), rows.stop)
        trace = self._trace
        x, y, joined = frame.px(trace.x[part]), frame.py(trace.y[part]), trace.joined[part]
        draw_segments(painter, x, y, joined)
        if rows.start == self._newest_row:  # a cycle of one point is a dot
            at = len(x) - (rows.stop - rows.start)
            painter.drawPoint(QPointF(x[at], y[at]))

    def _paint_overlays(self, painter: QPainter, frame: Frame, rows: slice) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(rows.start, rows.stop):
            line = self._overlaid[number]
            dashed = pen(self.colours.overlay(number), self._width(1.6), Qt.PenStyle.CustomDashLine)
            dashed.setCapStyle(Qt.PenCapStyle.FlatCap)
            dashed.setDashPattern([2.5, 1.5])
            painter.setPen(dashed)
            draw_dashed(painter, frame.px(line.x), frame.py(line.y), line.joined)

    def _width(self, logical: float) -> float:
        return logical * self.ratio()

    def nearest(self, frame: Frame, at: QPointF) -> Reading | None:
        row = nearest_row(self._trace.x, self._trace.y, frame, at)
        return None if row is None else self._reading(row)

    def neighbour(self, reading: Reading | None, step: int) -> Reading | None:
        row = reading.row + step if reading else len(self._trace) - 1
        return self._reading(row) if 0 <= row < len(self._trace) else None

    def _reading(self, row: int) -> Reading:
        return describe(self._trace, row, self.x_axis, self.y_axis)

    def table(self, view: View) -> list[Column]:
        return columns_of(self._trace, view, self.x_axis, self.y_axis)


class VoltagePlot(CyclePlot):
    """Resistance against pulse amplitude by cycle."""

    without_data = NO_PULSES

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(against_voltage, AMPLITUDE, parent)


class LoopPlot(CyclePlot):
    """Resistance against field by cycle, of minor loops."""

    without_data = "No minor loop in this run."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(against_field, FIELD, parent)


def _runs(values: Counts, skip: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of equal values from row `skip` on."""
    turns = (np.flatnonzero(np.diff(values[skip:])) + 1 + skip).tolist()
    yield from zip([skip, *turns], [*turns, len(values)], strict=True)
