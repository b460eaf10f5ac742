"""The theme of the application: chosen, or that of the desktop, which may change at any time."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory

from .fonts import window_font
from .style_sheet import palette, style_sheet
from .theme import DARK, LIGHT, Theme, ThemeChoice


class Appearance(QObject):
    """Gives the application the colours and the font of a theme."""

    changed = Signal(object)

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__()
        self._application, self.choice = application, choice
        self.theme = LIGHT
        if application.style().name().lower() != "fusion":
            application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(window_font())
        application.styleHints().colorSchemeChanged.connect(self._follow_desktop)

    def choose(self, choice: ThemeChoice) -> None:
        """Choose a theme, or to follow the desktop."""
        self.choice = choice
        self.apply()

    def next(self) -> ThemeChoice:
        """Choose the next theme of system, light and dark."""
        order = list(ThemeChoice)
        self.choose(order[(order.index(self.choice) + 1) % len(order)])
        return self.choice

    def apply(self) -> None:
        """Apply the theme that is chosen."""
        self.theme = self._current()
        sheet = style_sheet(self.theme)
        if sheet != self._application.styleSheet():  # else every widget would be styled anew
            self._application.setPalette(palette(self.theme))
            self._application.setStyleSheet(sheet)
        self.changed.emit(self.theme)

    def _follow_desktop(self, _scheme: Qt.ColorScheme) -> None:
        if self.choice is ThemeChoice.SYSTEM:
            self.apply()

    def _current(self) -> Theme:
        if self.choice is ThemeChoice.SYSTEM:
            scheme = self._application.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice is ThemeChoice.DARK else LIGHT
