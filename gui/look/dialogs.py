"""Small dialogs: a question with buttons, a text to enter; F12 stops the bench in them, too."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from .widgets import label


class Question(QDialog):
    """A title, an explanation and buttons; `answer` is the text of the one chosen, "" for none."""

    def __init__(
        self, parent: QWidget, title: str, text: str, choices: Sequence[str], default: str
    ) -> None:
        super().__init__(parent)
        self.answer = ""
        self.setWindowTitle(title)
        self.setModal(True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 16)
        self.body.setSpacing(10)
        self.body.addWidget(label(title, "page"))
        explanation = label(text, wrap=True)
        explanation.setMinimumWidth(400)
        self.body.addWidget(explanation)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        for choice in choices:
            self.buttons.addWidget(self._button(choice, default))
        self.body.addSpacing(6)
        self.body.addLayout(self.buttons)

    def _button(self, choice: str, default: str) -> QPushButton:
        made = QPushButton(choice)
        made.setAutoDefault(True)
        made.setDefault(choice == default)
        made.setProperty("main", choice == default)
        made.clicked.connect(lambda: self._choose(choice))
        return made

    def _choose(self, choice: str) -> None:
        self.answer = choice
        self.accept()


class TextQuestion(Question):
    """A question that is answered with a text, empty for "Cancel"."""

    def __init__(self, parent: QWidget, title: str, text: str, value: str, accept: str) -> None:
        super().__init__(parent, title, text, ("Cancel", accept), accept)
        self._accept = accept
        self.line = QLineEdit(value)
        self.line.selectAll()
        self.body.insertWidget(2, self.line)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def text(self) -> str:
        """The text entered, "" if the dialog was cancelled or the text is blank."""
        return self.line.text().strip() if self.answer == self._accept else ""
