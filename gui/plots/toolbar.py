"""The buttons above the plots: Follow, Log, Overlay, Copy."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from .colours import PlotColours
from .navigation import KEYS


class Toolbar(QWidget):
    """Buttons for the plot shown; each does its work through a signal."""

    follow_set = Signal(bool)
    log_set = Signal(bool)
    overlay_asked = Signal()
    overlays_cleared = Signal()
    picture_asked = Signal()
    data_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.follow = self._button("Follow", f"Keep up with the run. Keys on a plot: {_keys()}")
        self.follow.setCheckable(True)
        self.follow.clicked.connect(self.follow_set)
        self.log = self._button("Log", "Logarithmic resistance axis")
        self.log.setCheckable(True)
        self.log.clicked.connect(self.log_set)
        self.overlay = self._button("Overlay", "Draw earlier runs with this one")
        self.overlay.setCheckable(True)
        self.overlay.clicked.connect(self._overlay_clicked)
        self.overlay_menu = QMenu(self)
        self.overlay_menu.addAction("Add a run…", self.overlay_asked.emit)
        self.overlay_menu.addAction("Remove all", self.overlays_cleared.emit)
        self.copy = self._button("Copy", "Copy what is shown, as a picture or as a table")
        self.copy_menu = QMenu(self)
        self._add("Picture", "Ctrl+C", self.picture_asked.emit)
        self._add("Data", "Ctrl+Shift+C", self.data_asked.emit)
        self.copy.clicked.connect(lambda: self._open(self.copy_menu, self.copy))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.follow, self.log, self.overlay, self.copy):
            row.addWidget(button)

    def show_overlays(self, labels: list[str]) -> None:
        """Name the overlaid runs on the button."""
        self.overlay.setChecked(bool(labels))
        text = labels[0] if len(labels) == 1 else f"{len(labels)} runs"
        self.overlay.setText(f"Overlay: {text}" if labels else "Overlay")
        self.overlay.setToolTip(", ".join(labels) or "Draw earlier runs with this one")

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(hint)
        button.setAutoDefault(False)
        return button

    def _add(self, text: str, keys: str, ask: Callable[[], None]) -> None:
        action = self.copy_menu.addAction(text, ask)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _overlay_clicked(self, checked: bool) -> None:
        self.overlay.setChecked(not checked)  # until an overlay is there, or gone
        if checked:
            self.overlay_asked.emit()
        else:
            self._open(self.overlay_menu, self.overlay)

    def _open(self, menu: QMenu, button: QPushButton) -> None:
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))


def style_sheet(colours: PlotColours) -> str:
    """Return the style of the panel's tabs and buttons."""
    c = colours
    return f"""
    PlotsPanel, PlotsPanel QStackedWidget, PlotsPanel QSplitter {{ background: {c.background}; }}
    PlotsPanel QTabBar {{ background: transparent; border: 0; qproperty-drawBase: 0; }}
    PlotsPanel QTabBar::tab {{ color: {c.muted}; padding: 5px 12px; border: 0;
        border-bottom: 2px solid transparent; background: transparent; }}
    PlotsPanel QTabBar::tab:selected {{ color: {c.text}; font-weight: 600;
        border-bottom-color: {c.accent}; }}
    PlotsPanel QTabBar::tab:focus {{ border-bottom-color: {c.accent}; }}
    PlotsPanel QPushButton {{ color: {c.text}; background: {c.background};
        border: 1px solid {c.border}; border-radius: 3px; padding: 2px 10px; }}
    PlotsPanel QPushButton:hover {{ background: {c.accent_soft}; }}
    PlotsPanel QPushButton:checked {{ background: {c.accent_soft}; border-color: {c.accent}; }}
    PlotsPanel QPushButton:focus {{ border: 2px solid {c.accent}; padding: 1px 9px; }}
    PlotsPanel QPushButton:disabled {{ color: {c.muted}; }}
    PlotsPanel QSplitter::handle {{ background: transparent; }}
    """


def _keys() -> str:
    return "; ".join(f"{keys}: {what[0].lower()}{what[1:]}" for keys, what in KEYS) + "."
