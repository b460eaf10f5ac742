"""Many lines and rectangles painted at once from arrays.

A segment of a wide, smooth pen takes 0.4 µs in QPainter.drawLines; in a polyline of the same points
15 to 35 times as long, because Qt first unites its outline.
"""

from typing import cast

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from shiboken6 import Shiboken

from ....arrays import Flags, Floats

MOST_MARKS = 2000


def pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen of a width in the painter's own pixels.

    Square ends close the corners between segments as round ones do, at a tenth of the time.
    """
    return QPen(colour, width, style, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.RoundJoin)


def draw_segments(painter: QPainter, x: Floats, y: Floats, joined: Flags) -> None:
    """Draw the line to each point from the one before it, where `joined` is set (first ignored)."""
    ends = np.flatnonzero(joined[1:]) + 1
    draw_lines(painter, np.column_stack([x[ends - 1], y[ends - 1], x[ends], y[ends]]))


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """Draw lines x1, y1, x2, y2, shape (lines, 4)."""
    if len(lines):
        lines = np.ascontiguousarray(lines)
        first = cast("QLineF", Shiboken.wrapInstance(lines.ctypes.data, QLineF))
        painter.drawLines(first, len(lines))


def fill_rectangles(painter: QPainter, rectangles: Floats, colour: QColor) -> None:
    """Fill rectangles x, y, width, height, shape (rectangles, 4)."""
    if len(rectangles):
        rectangles = np.ascontiguousarray(rectangles)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        first = cast("QRectF", Shiboken.wrapInstance(rectangles.ctypes.data, QRectF))
        painter.drawRects(first, len(rectangles))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_dashed(painter: QPainter, x: Floats, y: Floats, joined: Flags) -> None:
    """Draw dashed polylines, each up to where `joined` is not set."""
    breaks = np.flatnonzero(~joined[1:]) + 1
    for part_x, part_y in zip(np.split(x, breaks), np.split(y, breaks), strict=True):
        painter.drawPolyline([QPointF(*at) for at in zip(part_x, part_y, strict=True)])


def draw_crosses(painter: QPainter, x: Floats, y: Floats, colour: QColor) -> None:
    """Draw crosses for readings that are not to be trusted, one for all within two pixels."""
    inside = painter.clipBoundingRect()
    seen = (x > inside.left()) & (x < inside.right()) & (y > inside.top()) & (y < inside.bottom())
    places = np.unique(np.round(np.column_stack([x[seen], y[seen]]) / 2), axis=0) * 2
    if not len(places):
        return
    places = places[:: -(-len(places) // MOST_MARKS)]
    arms = np.array([[-3, -3, 3, 3], [-3, 3, 3, -3]])
    painter.setPen(pen(colour, 1.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_lines(painter, (np.tile(places, 2)[:, None, :] + arms).reshape(-1, 4).astype(float))
