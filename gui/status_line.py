"""The line at the bottom: the database, what it holds, the latest error, theme and keys."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..storage import Place
from ..wording import counted
from .look.theme import ThemeChoice
from .look.widgets import ElidedLabel, button, copy_text, row


class StatusLine(QWidget):
    """What is stored, and two small buttons; an error takes its place until it is dismissed."""

    theme_asked = Signal()
    keys_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._details = ""
        self.stored = ElidedLabel("", "muted")
        self.error = ElidedLabel("", "error")
        self.copy = button("Copy details", self._copy, kind="link")
        self.dismiss = button("Dismiss", self.clear_error, kind="link")
        self.error_line = QWidget()
        self.error_line.setLayout(row(self.error, self.copy, self.dismiss, spacing=4))
        self.error_line.hide()
        self.theme = button("", self.theme_asked.emit, "Ctrl+T", kind="link")
        self.keys = button("? for keys", self.keys_asked.emit, kind="link")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 6, 3)
        layout.setSpacing(4)
        layout.addWidget(self.stored, 1)
        layout.addWidget(self.error_line, 1)
        layout.addWidget(self.theme)
        layout.addWidget(self.keys)

    def show_theme(self, choice: ThemeChoice) -> None:
        self.theme.setText(f"Theme: {choice}")

    def show_stored(self, database: Place | None, runs: int, points: int) -> None:
        if database is not None:
            folder = f"{database.parent.name}/" if isinstance(database, Path) else ""
            place = f"{folder}{database.name}"
            stored = f"{counted(runs, 'run')} · {counted(points, 'point')}"
            self.stored.setText(f"{place} · {stored} · all stored")
            self.stored.setAccessibleDescription(str(database))

    def show_error(self, sentence: str, details: str = "") -> None:
        """Show an error, with its details to copy."""
        self._details = f"{sentence}\n{details}".strip()
        self.error.setText(sentence)
        self.error_line.show()
        self.stored.hide()

    def clear_error(self) -> None:
        self.error_line.hide()
        self.stored.show()

    def _copy(self) -> None:
        copy_text(self._details)
