"""The pages of studies with a model, made when they are first asked for."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from ...storage import CalibrationRecord, Place
from ..link.archive import Archive
from ..look.theme import LIGHT, Theme

if TYPE_CHECKING:
    from .study import StudyPage


class Studies(QObject):
    """Pages in the middle of the window; their library of plots is not loaded before the first."""

    closed = Signal()
    said = Signal(str, str)

    def __init__(self, centre: QStackedWidget, archive: Archive) -> None:
        super().__init__()
        self._centre, self._archive, self._theme = centre, archive, LIGHT
        self.pages: dict[str, StudyPage] = {}

    def page(self, name: str) -> "StudyPage":
        """Return the page of "learning" or "inference"."""
        if name not in self.pages:
            made = _made(name, self._archive)
            made.set_theme(self._theme)
            made.closed.connect(self.closed)
            made.said.connect(self.said)
            self._centre.addWidget(made)
            self.pages[name] = made
        return self.pages[name]

    def open(self, name: str, record: CalibrationRecord, database: Place, folder: Path) -> None:
        """Show the page of a study with a model."""
        page = self.page(name)
        page.open_model(record, database, folder)
        self._centre.setCurrentWidget(page)
        page.begin.setFocus()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for page in self.pages.values():
            page.set_theme(theme)

    def end(self) -> None:
        """End what is under way before the window closes."""
        for page in self.pages.values():
            page.end()


def _made(name: str, archive: Archive) -> "StudyPage":
    if name == "learning":
        from .learning import LearningPage

        return LearningPage(archive)
    from .inference import InferencePage

    return InferencePage(archive)
