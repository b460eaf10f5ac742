"""One parameter in the form: its label, its text, its unit, and what is wrong with the text."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit

from ...errors import DwmtjError
from ..look.widgets import hide_when_empty, label, repolish
from ..parameters import Declaration, limit_text, parse


class ValueEdit(QLineEdit):
    """A line for a value; it says when it gets the focus, and selects its text then."""

    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()
        self.entered.emit()


class ValueField:
    """A parameter as a row of a grid: label, value, unit, and one sentence where it is wrong."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.error = ""
        self._limits: Mapping[str, float] = {}
        self.label = label(declaration.label)
        self.edit = ValueEdit()
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setFixedWidth(84)
        self.edit.setAccessibleName(f"{declaration.label} in {declaration.display_unit or '1'}")
        self.label.setBuddy(self.edit)
        self.unit = label(declaration.display_unit, "muted")
        self.unit.setFixedWidth(26)
        self.sentence: QLabel = label("", "error", wrap=True)
        self.sentence.hide()
        self.reset()

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put the field into two rows of a grid."""
        grid.addWidget(self.label, row, 0)
        grid.addWidget(self.edit, row, 1)
        grid.addWidget(self.unit, row, 2)
        grid.addWidget(self.sentence, row + 1, 0, 1, 3)

    def reset(self) -> None:
        """Show the default."""
        self.set_value(self.declaration.default)

    def set_value(self, value: float) -> None:
        self.edit.setText(self.declaration.show_number(value).replace("-", "−"))

    def set_limits(self, limits: Mapping[str, float]) -> None:
        self._limits = limits
        for widget in (self.label, self.edit, self.unit):
            widget.setToolTip(self.hint)

    @property
    def hint(self) -> str:
        """What the field is for, and what this bench allows."""
        return limit_text(self.declaration, self._limits)

    def value(self) -> float | int | None:
        """Return the value in SI units; None, and a sentence below the field, if it is wrong."""
        try:
            value = parse(self.declaration, self.edit.text(), self._limits)
        except DwmtjError as error:
            self._show_error(str(error))
            return None
        self._show_error("")
        return value

    def _show_error(self, sentence: str) -> None:
        if sentence != self.error:
            self.error = sentence
            hide_when_empty(self.sentence, sentence)
            self.edit.setProperty("wrong", bool(sentence))
            repolish(self.edit)
