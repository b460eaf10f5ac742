"""The names of overlaid runs, beside the ends of their lines."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ....arrays import Floats
from ..colours import PlotColours
from .view import Frame

Labelled = tuple[str, Floats, Floats]


def draw_labels(
    painter: QPainter, frame: Frame, lines: Sequence[Labelled], colours: PlotColours
) -> None:
    """Write each name above the last visible point of its line, clear of the other names."""
    metrics = QFontMetricsF(painter.font())
    taken: list[QRectF] = []
    for number, (name, x, y) in enumerate(lines):
        place = _last_inside(frame, x, y)
        if place is None:
            continue
        width, height = metrics.horizontalAdvance(name) + 8, metrics.height()
        left = min(max(place[0] - width, frame.rect.left()), frame.rect.right() - width)
        top = min(max(place[1] - height - 6, frame.rect.top()), frame.rect.bottom() - height)
        box = QRectF(left, top, width, height)
        while any(box.intersects(other) for other in taken) and box.top() > frame.rect.top():
            box.translate(0, -height)
        taken.append(box)
        ground = QColor(colours.background)
        ground.setAlpha(200)
        painter.fillRect(box, ground)
        painter.setPen(colours.overlay(number))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _last_inside(frame: Frame, x: Floats, y: Floats) -> tuple[float, float] | None:
    px, py = frame.px(x), frame.py(y)
    rect = frame.rect
    seen = (px >= rect.left()) & (px <= rect.right()) & (py >= rect.top()) & (py <= rect.bottom())
    rows = np.flatnonzero(seen)
    return (float(px[rows[-1]]), float(py[rows[-1]])) if len(rows) else None
