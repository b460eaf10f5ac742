"""F12 stops the bench in every window, dialog, menu and list of the application."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication


class StopKey(QObject):
    """Sees the key before any widget does; a key held down stops once."""

    pressed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        application.installEventFilter(self)

    def remove(self) -> None:
        """Take no more keys."""
        self._application.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress:
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_F12:
            return False
        if not event.isAutoRepeat():
            self.pressed.emit()
        return True
