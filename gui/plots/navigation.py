"""A view that is zoomed and moved by mouse and keys, or follows the data."""

from abc import abstractmethod
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from .crosshair import Reading
from .drawing.view import Frame, View, valid

ZOOM_PER_STEP = 1.25
PAN_SHARE = 0.1
SMALLEST_BOX = 5.0  # pixels; less is a click
KEYS = (
    ("← →", "Crosshair to the point before or after"),
    ("Shift + arrows", "Move the view"),
    ("+ −", "Zoom in and out"),
    ("Home", "Follow the run again"),
    ("Esc", "Hide the crosshair"),
)
BY_KEY = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
PANS = {
    Qt.Key.Key_Left: (-PAN_SHARE, 0.0),
    Qt.Key.Key_Right: (PAN_SHARE, 0.0),
    Qt.Key.Key_Down: (0.0, -PAN_SHARE),
    Qt.Key.Key_Up: (0.0, PAN_SHARE),
}


class Navigable(QWidget):
    """A widget with a view of data.

    Wheel: zoom, of one axis with the pointer on its numbers. Drag: move. Drag with the right
    button: zoom to a box. Double click: follow again. `KEYS` lists the keys. Any zoom or move ends
    the following; `view_changed` and `following_changed` report both.
    """

    view_changed = Signal()
    following_changed = Signal(bool)
    moves = (True, True)  # which axes a user can zoom and move

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: View | None = None
        self.following = True
        self.reading: Reading | None = None
        self.pointer: QPointF | None = None
        self.box: QRectF | None = None  # being drawn to zoom to
        self.shows_focus = False  # once it was reached by keys
        self._grip: tuple[QPointF, View] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @abstractmethod
    def frame(self) -> Frame | None:
        """Return where data lie on this widget; None while there are none."""

    @abstractmethod
    def follow_view(self) -> None:
        """Set the view that shows all data."""

    @abstractmethod
    def neighbour(self, reading: Reading | None, step: int) -> Reading | None:
        """Return the reading `step` places after another one; the newest for none."""

    def set_following(self, following: bool) -> None:
        """Have the view keep up with the points, or leave it where it is."""
        if following == self.following:
            return
        self.following = following
        if following:
            self.view = None
            self.follow_view()
        self.update()
        self.following_changed.emit(following)

    def set_view(self, view: View, *, by_hand: bool = True) -> None:
        """Show a view; one set by hand ends the following."""
        if by_hand:
            self.set_following(False)
        if view != self.view:
            self.view = view
            self.update()
            self.view_changed.emit()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Show ranges `factor` times as wide around a place, or around the middle."""
        frame = self.frame()
        if frame is None:
            return
        place = at or frame.rect.center()
        x, y = frame.x_at(place.x()), frame.y_at(place.y())
        by_x = self.moves[0] and not place.x() < frame.rect.left()
        by_y = self.moves[1] and not place.y() > frame.rect.bottom()
        self.set_view(frame.view.zoomed(factor, x if by_x else None, y if by_y else None))

    def pan(self, x_share: float, y_share: float, view: View | None = None) -> None:
        """Move a view, or the present one, by shares of its ranges."""
        if start := view or self.view:
            self.set_view(start.moved(x_share * self.moves[0], y_share * self.moves[1]))

    def _zoom_to_box(self, box: QRectF) -> None:
        frame = self.frame()
        box = box.normalized()
        if frame is None or min(box.width(), box.height()) < SMALLEST_BOX:
            return
        view = frame.view
        if self.moves[0]:
            view = replace(view, x=valid(frame.x_at(box.left()), frame.x_at(box.right())))
        if self.moves[1]:
            view = replace(view, y=valid(frame.y_at(box.bottom()), frame.y_at(box.top())))
        self.set_view(view)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if not any(self.moves) or not steps:
            event.ignore()
            return
        self.zoom(ZOOM_PER_STEP**-steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.view and any(self.moves):
            self._grip = event.position(), self.view
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.RightButton and any(self.moves):
            self.box = QRectF(event.position(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer = event.position()
        frame = self.frame()
        if self.box is not None:
            self.box.setBottomRight(event.position())
        elif self._grip and frame:
            start, view = self._grip
            way = start - event.position()
            if self.following and way.manhattanLength() < SMALLEST_BOX:
                return  # the tremble of a click
            self.pan(way.x() / frame.rect.width(), -way.y() / frame.rect.height(), view)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._grip = None
        self.unsetCursor()
        if self.box is not None:
            box, self.box = self.box, None
            self._zoom_to_box(box)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self.set_following(True)

    def leaveEvent(self, event: QEvent) -> None:
        del event
        self.pointer = self.reading = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.shows_focus = event.reason() in BY_KEY
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.shows_focus = False
        self.reading = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if shift and key in PANS and any(self.moves):
            self.pan(*PANS[key])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and any(self.moves):
            self.zoom(1 / ZOOM_PER_STEP)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore) and any(self.moves):
            self.zoom(ZOOM_PER_STEP)
        elif key == Qt.Key.Key_Home:
            self.set_following(True)
        elif key == Qt.Key.Key_Escape and self.reading:
            self.reading = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        found = self.neighbour(self.reading, step)
        if found:
            self.pointer, self.reading = None, found
            self.update()
