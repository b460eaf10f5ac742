"""Every key of the window, and the page that lists them."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from .look.widgets import button, label


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it does, and the method that does it, from the window on."""

    keys: str
    text: str
    method: str = ""


EVERYWHERE = (
    Key("F12", "Stop the run and make the bench safe; again: replace the process"),
    Key("F9", "Pause or resume the run", "commands.pause_or_resume"),
    Key("Ctrl+L", "Show the run under way", "view.show_live"),
    Key("Ctrl+N", "Set up a new run", "commands.new_run"),
    Key("Ctrl+Return", "Add it to the queue", "commands.add_from_form"),
    Key("Ctrl+H", "Hold or release the queue", "commands.hold_queue"),
    Key("Ctrl+F", "Find runs", "view.find_runs"),
    Key("Ctrl+1", "Runs", "view.show_runs"),
    Key("Ctrl+2", "Queue", "view.show_queue"),
    Key("Ctrl+3", "Models", "view.show_models"),
    Key("Ctrl+4", "Messages", "view.show_messages"),
    Key("F6", "Next panel", "view.next_panel"),
    Key("Ctrl+T", "Theme: system, light, dark", "next_theme"),
    Key("?", "These keys", "show_keys"),
    Key("Ctrl+Q", "Close the window; the station goes on", "close"),
)
BENCH = (
    Key("Ctrl+P", "One pulse by hand", "commands.open_pulse"),
    Key("Ctrl+R", "Read by hand", "commands.open_read"),
    Key("Ctrl+G", "Go to a field by hand", "commands.open_field"),
    Key("F5", "Check the instruments", "commands.check"),
)
RUNS = (
    Key("Return", "Open the run's page; Esc leaves it"),
    Key("F2", "Edit notes or tags in place"),
    Key("S", "Star"),
    Key("O", "Overlay on the plots"),
    Key("C", "Compare two runs"),
    Key("K", "Calibrate a model from the selected runs"),
    Key("Ctrl+Shift+R", "Report of the selected runs", "view.report_runs"),
    Key("Ctrl+E", "Export the points"),
    Key("Del", "Delete; Ctrl+Z brings back"),
)
MODELS = (
    Key("Return", "Show levels and transitions"),
    Key("C", "Compare two models"),
    Key("M", "Mount as twin"),
    Key("L", "Stream learning"),
    Key("I", "Inference"),
)
QUEUE = (
    Key("Alt+Up / Alt+Down", "Move up or down"),
    Key("Return", "Edit"),
    Key("Ctrl+D", "Duplicate"),
    Key("H", "Hold the queue after this run"),
    Key("Del", "Remove"),
)
GROUPS = {"Everywhere": EVERYWHERE, "Bench": BENCH, "Runs": RUNS, "Queue": QUEUE, "Models": MODELS}


def bound() -> list[Key]:
    """Return the keys that belong to a method of the window."""
    return [key for keys in GROUPS.values() for key in keys if key.method]


class KeysPage(QDialog):
    """All keys, by the place where they work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        columns = QHBoxLayout()
        columns.setSpacing(36)
        left, right = QVBoxLayout(), QVBoxLayout()
        columns.addLayout(left)
        columns.addLayout(right)
        left.addLayout(_grid("Everywhere", "Bench"))
        right.addLayout(_grid("Runs", "Queue", "Models"))
        left.addStretch(1)
        right.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.addWidget(label("Keys", "page"))
        layout.addLayout(columns)
        close = button("Close", self.accept)
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)


def _grid(*places: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    line = 0
    for place in places:
        grid.setRowMinimumHeight(line, 24)
        grid.addWidget(label(place.upper(), "group"), line, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
        for key in GROUPS[place]:
            line += 1
            grid.addWidget(label(key.keys, "key"), line, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(key.text), line, 1)
        line += 1
    return grid
