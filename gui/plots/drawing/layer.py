"""An image to which only new lines are added, redrawn in slices when the view changes."""

from collections.abc import Callable, Hashable
from time import perf_counter

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from .view import Frame

SLICE = 8192  # points painted between two looks at the clock

Paint = Callable[[QPainter, Frame, slice], None]


class Layer:
    """The picture of the rows [start, stop) of a trace in one frame.

    While another view is drawn, the finished picture of the view before is shown in its place,
    stretched; a redraw of a million points so never holds up the window.
    """

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._shown: _Canvas | None = None
        self._next: _Canvas | None = None

    def update(self, frame: Frame, key: Hashable, rows: slice, deadline_s: float) -> bool:
        """Paint what is new until the deadline (perf_counter); return whether all is painted.

        `key` names what the picture is of besides the frame: where it or `rows.start` changes, all
        is painted anew.
        """
        wanted = (frame, key, rows.start)
        if self._shown and self._shown.wanted == wanted:
            self._next = None
            return self._shown.advance(self._paint, rows.stop, deadline_s)
        if not self._next or self._next.wanted != wanted:
            self._next = _Canvas(frame, key, rows.start)
        if not self._next.advance(self._paint, rows.stop, deadline_s):
            return False
        self._shown, self._next = self._next, None
        return True

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Draw the finished picture."""
        if self._shown:
            self._shown.draw(painter, frame)

    def clear(self) -> None:
        """Forget the pictures."""
        self._shown = self._next = None


class _Canvas:
    def __init__(self, frame: Frame, key: Hashable, start: int) -> None:
        self.wanted = (frame, key, start)
        self._frame, self._done = frame, start
        self._inner = frame.at_origin()
        size = self._inner.rect.size().toSize()
        self.image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.fill(0)

    def advance(self, paint: Paint, stop: int, deadline_s: float) -> bool:
        if self._done >= stop:
            return True
        painter = QPainter(self.image)
        try:
            while self._done < stop:
                rows = slice(self._done, min(self._done + SLICE, stop))
                paint(painter, self._inner, rows)
                self._done = rows.stop
                if perf_counter() > deadline_s:
                    break
        finally:
            painter.end()
        return self._done == stop

    def draw(self, painter: QPainter, frame: Frame) -> None:
        if frame == self._frame:
            self.image.setDevicePixelRatio(frame.ratio)
            painter.drawImage(frame.rect.topLeft(), self.image)
        elif frame.view.log == self._frame.view.log:
            view, self_ratio = self._frame.view, 1.0
            self.image.setDevicePixelRatio(self_ratio)
            corners = [
                QPointF(float(frame.px(view.x[end])), float(frame.py(view.y[1 - end])))
                for end in (0, 1)
            ]
            painter.drawImage(QRectF(*corners), self.image)
