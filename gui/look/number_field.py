"""A whole number in a form."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit

from .widgets import repolish

WIDTH = 60


class NumberField(QLineEdit):
    """A whole number within a range; a text that is none is shown as wrong, and not taken."""

    changed = Signal()

    def __init__(self, value: int, low: int, high: int, name: str) -> None:
        super().__init__(str(value))
        self._low, self._high, self._value = low, high, value
        self.setAccessibleName(name)
        self.setToolTip(f"From {low:,} to {high:,}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(len(str(high)))
        self.setFixedWidth(WIDTH)
        self.textChanged.connect(self._take)

    def value(self) -> int:
        """Return the latest number within the range."""
        return self._value

    def set_value(self, value: int) -> None:
        self.setText(str(value))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(str(self._value))

    def _take(self, text: str) -> None:
        digits = text.strip()
        is_number = digits.isascii() and digits.isdecimal()
        taken = is_number and self._low <= int(digits) <= self._high
        self.setProperty("wrong", not taken)
        repolish(self)
        if taken and int(digits) != self._value:
            self._value = int(digits)
            self.changed.emit()
