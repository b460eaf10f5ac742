"""Grid, ticks and labels around the data of a plot."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ..colours import PlotColours
from .axes import Axis, Tick
from .view import Frame

TICK_LENGTH = 4.0
GAP = 4.0
WIDEST_TICK = "\u2212000.00"


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the data, in logical pixels."""

    left: float
    top: float
    right: float
    bottom: float


def tick_font(font: QFont) -> QFont:
    """Return the font of ticks and labels: a little smaller than that of the window."""
    smaller = QFont(font)
    if font.pointSizeF() > 0:
        smaller.setPointSizeF(0.9 * font.pointSizeF())
    else:
        smaller.setPixelSize(max(9, round(0.9 * font.pixelSize())))
    return smaller


def margins(font: QFont, shown: tuple[bool, bool], *, compact: bool = False) -> Margins:
    """Return the room that the numbers and labels of both axes take."""
    metrics = QFontMetricsF(tick_font(font))
    line = metrics.height()
    left = metrics.horizontalAdvance(WIDEST_TICK) + line + 3 * GAP if shown[1] else 10.0
    bottom = 2 * line + 2 * GAP + TICK_LENGTH if shown[0] else 8.0
    return Margins(left, 4.0 if compact else 8.0, 14.0, bottom)


def draw_scales(
    painter: QPainter,
    frame: Frame,
    x_axis: Axis,
    y_axis: Axis,
    colours: PlotColours,
    shown: tuple[bool, bool],
) -> None:
    """Draw the grid, both axes and, where shown, their numbers and labels."""
    painter.setFont(tick_font(painter.font()))
    rect = frame.rect
    x_ticks = _x_ticks(QFontMetricsF(painter.font()), frame, x_axis)
    line = QFontMetricsF(painter.font()).height()
    most = max(2, min(int(rect.height() / (1.05 * line)), 4 + int(rect.height() / (4 * line))))
    y_ticks = y_axis.ticks(*frame.view.y, most, log=frame.view.log)
    at_x = [float(frame.px(tick.value)) for tick in x_ticks]
    at_y = [float(frame.py(tick.value)) for tick in y_ticks]
    _draw_lines(painter, frame, at_x, at_y, colours)
    painter.setPen(QColor(colours.muted))
    if shown[0]:
        _draw_x(painter, frame, x_ticks, at_x, x_axis.label(*frame.view.x))
    if shown[1]:
        _draw_y(painter, frame, y_ticks, at_y, y_axis.label(*frame.view.y))


def _x_ticks(metrics: QFontMetricsF, frame: Frame, axis: Axis) -> list[Tick]:
    """Return the most ticks whose numbers stand apart."""
    most = max(3, int(frame.rect.width() / (3.2 * metrics.height())))
    while True:
        ticks = axis.ticks(*frame.view.x, most, log=False)
        widest = max((metrics.horizontalAdvance(tick.text) for tick in ticks), default=0.0)
        if most <= 2 or len(ticks) * (widest + 3 * GAP) <= frame.rect.width():
            return ticks
        most = max(2, most * 2 // 3)


def _draw_lines(
    painter: QPainter, frame: Frame, at_x: list[float], at_y: list[float], colours: PlotColours
) -> None:
    rect, thin = frame.rect, 1.0 / frame.ratio
    painter.setPen(QPen(QColor(colours.grid), max(thin, 1.0)))
    for x in np.round(at_x):
        painter.drawLine(QPointF(x + 0.5, rect.top()), QPointF(x + 0.5, rect.bottom()))
    for y in np.round(at_y):
        painter.drawLine(QPointF(rect.left(), y + 0.5), QPointF(rect.right(), y + 0.5))
    painter.setPen(QPen(QColor(colours.axis), 1.0))
    left, bottom = rect.left() - 0.5, rect.bottom() + 0.5
    painter.drawLine(QPointF(left, rect.top()), QPointF(left, bottom))
    painter.drawLine(QPointF(left, bottom), QPointF(rect.right(), bottom))
    for x in np.round(at_x):
        painter.drawLine(QPointF(x + 0.5, bottom), QPointF(x + 0.5, bottom + TICK_LENGTH))
    for y in np.round(at_y):
        painter.drawLine(QPointF(left - TICK_LENGTH, y + 0.5), QPointF(left, y + 0.5))


def _draw_x(
    painter: QPainter, frame: Frame, ticks: list[Tick], places: list[float], label: str
) -> None:
    metrics = QFontMetricsF(painter.font())
    line, top = metrics.height(), frame.rect.bottom() + TICK_LENGTH + GAP / 2
    free_from = -np.inf
    for tick, x in zip(ticks, places, strict=True):
        width = metrics.horizontalAdvance(tick.text)
        if x - width / 2 > free_from:
            box = QRectF(x - width / 2 - 1, top, width + 2, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.text)
            free_from = x + width / 2 + 2 * GAP
    under = QRectF(0, top + line + GAP / 2, 2 * frame.rect.center().x(), line)
    painter.drawText(under, Qt.AlignmentFlag.AlignCenter, label)


def _draw_y(
    painter: QPainter, frame: Frame, ticks: list[Tick], places: list[float], label: str
) -> None:
    line = QFontMetricsF(painter.font()).height()
    right = frame.rect.left() - TICK_LENGTH - GAP
    free_below = np.inf
    for tick, y in zip(ticks, places, strict=True):
        if y + line / 2 < free_below:
            box = QRectF(0, y - line / 2, right, line)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text
            )
            free_below = y - line / 2
    painter.save()
    painter.translate(GAP / 2, frame.rect.center().y())
    painter.rotate(-90)
    length = 2 * min(frame.rect.center().y(), frame.rect.height() / 2 + 2 * line)
    painter.drawText(QRectF(-length / 2, 0, length, line), Qt.AlignmentFlag.AlignCenter, label)
    painter.restore()
