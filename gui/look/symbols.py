"""The state of a run or an instrument as a shape: told apart without colour, and beside a word."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from .theme import Theme

SIZE = 12
RUN_SHAPES = {
    "running": "triangle",
    "paused": "bars",
    "stopping": "half",
    "finished": "tick",
    "aborted": "square",
    "failed": "cross",
    "interrupted": "half",
}
INSTRUMENT_SHAPES = {
    "ready": "ring",
    "on": "disc",
    "making safe": "triangle",
    "safe": "tick",
    "not safe": "cross",
    "no answer": "question",
    "not known": "dash",
}
MESSAGE_SHAPES = {"info": "disc", "warning": "warning", "error": "cross"}
SHAPES = {**RUN_SHAPES, **INSTRUMENT_SHAPES, **MESSAGE_SHAPES}


def colour_of(state: str, theme: Theme) -> str:
    """Return the colour of the symbol and the word of a state."""
    colours = {
        "running": theme.accent,
        "on": theme.accent,
        "making safe": theme.accent,
        "info": theme.accent,
        "finished": theme.good,
        "safe": theme.good,
        "failed": theme.bad,
        "not safe": theme.bad,
        "error": theme.bad,
        "ready": theme.muted,
    }
    return colours.get(state, theme.attention)


@lru_cache(maxsize=256)
def symbol(state: str, colour: str, ratio: float) -> QPixmap:
    """Return the shape of a state as a picture of SIZE logical pixels."""
    pixmap = QPixmap(QSize(SIZE, SIZE) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint(painter, SHAPES.get(state, "disc"), QColor(colour))
    painter.end()
    return pixmap


class Symbol(QWidget):
    """The symbol of one state as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self._state, self._colour = "", "#000000"
        self.setFixedSize(SIZE + 2, SIZE + 4)

    def show_state(self, state: str, colour: str) -> None:
        if (state, colour) != (self._state, self._colour):
            self._state, self._colour = state, colour
            self.update()

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.drawPixmap(1, 3, symbol(self._state, self._colour, self.devicePixelRatioF()))


def _paint(painter: QPainter, shape: str, colour: QColor) -> None:
    pen = QPen(colour, 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    circle = QRectF(2, 2, 8, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match shape:
        case "triangle":
            painter.drawPolygon(
                QPolygonF([QPointF(2.5, 1.5), QPointF(10.5, 6), QPointF(2.5, 10.5)])
            )
        case "bars":
            painter.drawRect(QRectF(2.5, 2, 2.6, 8))
            painter.drawRect(QRectF(6.9, 2, 2.6, 8))
        case "square":
            painter.drawRect(QRectF(2, 2, 8, 8))
        case "disc":
            painter.drawEllipse(QRectF(1.5, 1.5, 9, 9))
        case "half":
            painter.drawPie(circle, 90 * 16, 180 * 16)
            _outline(painter, pen)
            painter.drawEllipse(circle)
        case "ring":
            _outline(painter, pen)
            painter.drawEllipse(circle)
        case "tick":
            _outline(painter, pen)
            painter.drawPolyline(QPolygonF([QPointF(2, 6.5), QPointF(4.8, 9.3), QPointF(10, 2.7)]))
        case "cross":
            _outline(painter, pen)
            painter.drawLine(QPointF(2.5, 2.5), QPointF(9.5, 9.5))
            painter.drawLine(QPointF(9.5, 2.5), QPointF(2.5, 9.5))
        case "dash":
            painter.drawRect(QRectF(2, 5, 8, 2.4))
        case "question":
            _outline(painter, pen)
            painter.drawArc(QRectF(3, 1.5, 6, 5), -30 * 16, 210 * 16)
            painter.drawLine(QPointF(6, 6.5), QPointF(6, 7.5))
            painter.drawPoint(QPointF(6, 10.5))
        case "warning":
            _outline(painter, pen)
            painter.drawPolygon(QPolygonF([QPointF(6, 1.5), QPointF(11, 10.5), QPointF(1, 10.5)]))


def _outline(painter: QPainter, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
