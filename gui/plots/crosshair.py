"""The crosshair: the nearest point with its values, cycle and number."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ...arrays import Floats, Ints
from .colours import PlotColours
from .data.trace import Trace
from .drawing.axes import Axis
from .drawing.view import FARTHEST, Frame

FIRST_REACH = 12.0  # pixels around the pointer that are searched first
BLOCK = 1 << 15
PADDING = 6.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A point of a plot: its place, its row in the trace, and the texts that describe it."""

    x: float
    y: float
    row: int
    value: str
    second: str
    origin: str


def nearest_row(x: Floats, y: Floats, frame: Frame, at: QPointF) -> int | None:
    """Return the row of the point nearest to a place, in pixels; the later of two equal ones."""
    if not len(x):
        return None
    reach = FIRST_REACH
    while True:
        everywhere = reach > FARTHEST
        rows = np.arange(len(x)) if everywhere else _rows_near(x, y, frame, at, reach)
        if len(rows):
            distance = np.hypot(frame.px(x[rows]) - at.x(), frame.py(y[rows]) - at.y())
            best = len(rows) - 1 - int(distance[::-1].argmin())
            if everywhere or distance[best] <= reach:
                return int(rows[best])
        reach *= 4


def _rows_near(x: Floats, y: Floats, frame: Frame, at: QPointF, reach: float) -> Ints:
    """Return the rows in a square around a place, block by block: the work stays in the cache."""
    left, right = frame.x_at(at.x() - reach), frame.x_at(at.x() + reach)
    low, high = frame.y_at(at.y() + reach), frame.y_at(at.y() - reach)
    found = []
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        near = (x[block] >= left) & (x[block] <= right)
        near &= (y[block] >= low) & (y[block] <= high)
        found.append(np.flatnonzero(near) + start)
    return np.concatenate(found)


def describe(trace: Trace, row: int, x_axis: Axis, y_axis: Axis) -> Reading:
    """Return a row of a trace with the texts for the crosshair; cycles count from 1."""
    x, y = float(trace.x[row]), float(trace.y[row])
    at = trace.index[row]
    cycle, point = int(trace.points.cycle[at]) + 1, int(trace.points.point[at])
    origin = f"cycle {cycle:,} · point {point:,}"
    return Reading(x, y, row, x_axis.text(x), y_axis.text(y), origin)


def draw_crosshair(painter: QPainter, frame: Frame, reading: Reading, colours: PlotColours) -> None:
    """Draw lines through a reading, a dot on it and a box with its texts beside it."""
    at = QPointF(float(frame.px(reading.x)), float(frame.py(reading.y)))
    if not frame.rect.adjusted(-1, -1, 1, 1).contains(at):
        return
    rect = frame.rect
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(colours.muted), 1.0, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(at.x(), rect.top()), QPointF(at.x(), rect.bottom()))
    painter.drawLine(QPointF(rect.left(), at.y()), QPointF(rect.right(), at.y()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.background), 1.5))
    painter.setBrush(QColor(colours.accent))
    painter.drawEllipse(at, 4.5, 4.5)
    _draw_box(painter, frame, reading, at, colours)


def _draw_box(
    painter: QPainter, frame: Frame, reading: Reading, at: QPointF, colours: PlotColours
) -> None:
    normal, strong = QFont(painter.font()), QFont(painter.font())
    strong.setWeight(QFont.Weight.DemiBold)
    plain, bold = QFontMetricsF(normal), QFontMetricsF(strong)
    first, line = bold.horizontalAdvance(reading.value + "  "), plain.height()
    upper = first + plain.horizontalAdvance(reading.second)
    width = max(upper, plain.horizontalAdvance(reading.origin)) + 2 * PADDING
    height = 2 * line + 2 * PADDING
    left = at.x() + 10 if at.x() + 10 + width < frame.rect.right() else at.x() - 10 - width
    top = at.y() + 10 if at.y() + 10 + height < frame.rect.bottom() else at.y() - 10 - height
    box = QRectF(max(left, 0.0), max(top, 0.0), width, height)
    painter.setPen(QPen(QColor(colours.border), 1.0))
    painter.setBrush(QColor(colours.background))
    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = box.adjusted(PADDING, PADDING, -PADDING, -PADDING)
    left_top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.setPen(QColor(colours.text))
    painter.setFont(strong)
    painter.drawText(inside, left_top, reading.value)
    painter.setFont(normal)
    painter.drawText(inside.translated(first, 0), left_top, reading.second)
    painter.setPen(QColor(colours.muted))
    painter.drawText(inside.translated(0, line), left_top, reading.origin)
