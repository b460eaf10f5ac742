"""Who sits before a window: looks, clicks and types, and has patience."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from dwmtj.gui.look.dialogs import Question, TextQuestion
from dwmtj.gui.window import BenchWindow
from dwmtj.station.messages import Activity, StationState
from dwmtj.storage import RunSummary, Status

PATIENCE_MS = 240_000
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


class Operator:
    """Uses one window by its keys, buttons and tables alone."""

    def __init__(self, window: BenchWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        self.panels = window.panels

    def until(self, reached: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(reached()), timeout=PATIENCE_MS)

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        on: QWidget | None = None,
    ) -> None:
        self._qtbot.keyClick(on or self.focus, key, modifier)

    @property
    def focus(self) -> QWidget:
        """The widget that has the focus."""
        return QApplication.focusWidget() or self.window

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self._qtbot.keyClicks(self.focus, text)

    def click(self, button: QPushButton) -> None:
        """Click a button that can be seen, once it is enabled."""
        self.until(button.isEnabled)
        assert button.isVisible()
        self._qtbot.mouseClick(button, LEFT)

    def fill(self, **texts: str) -> None:
        """Type into fields of the form, each in place of what it has."""
        for name, text in texts.items():
            edit = self.panels.new_run.form.fields[name].edit
            edit.setFocus(Qt.FocusReason.TabFocusReason)
            self._qtbot.keyClicks(edit, text)
            assert edit.text() == text

    def choose_protocol(self, name: str) -> None:
        """Choose a protocol in the list, with the arrow keys."""
        protocols = self.panels.new_run.protocol
        steps = protocols.findText(name) - protocols.currentIndex()
        protocols.setFocus(Qt.FocusReason.TabFocusReason)
        for _ in range(abs(steps)):
            self.press(Key.Key_Down if steps > 0 else Key.Key_Up, on=protocols)
        assert protocols.currentText() == name

    def add(self) -> None:
        """Add the run of the form to the queue, as soon as that is allowed."""
        self.until(self.panels.new_run.add.isEnabled)
        self.press(Key.Key_Return, CONTROL)

    def select(self, table: QTableView, row: int, column: int, *, more: bool = False) -> None:
        """Click on a row of a table."""
        assert table.isVisible()
        place = table.visualRect(table.model().index(row, column)).center()
        modifier = CONTROL if more else Qt.KeyboardModifier.NoModifier
        self._qtbot.mouseClick(table.viewport(), LEFT, modifier, place)

    def answer(self, button: str, ask: Callable[[], object], text: str = "") -> object:
        """Do what opens a dialog, then type and click a button of it; return what came of it."""
        titles: list[str] = []

        def reply() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, Question)
            titles.append(dialog.windowTitle())
            if isinstance(dialog, TextQuestion):
                self._qtbot.keyClicks(dialog.line, text)
            buttons = {each.text(): each for each in dialog.findChildren(QPushButton)}
            self._qtbot.mouseClick(buttons[button], LEFT)

        QTimer.singleShot(0, self.window, reply)
        result = ask()
        assert titles, "no dialog was opened"
        if self.window.isVisible():
            self.window.activateWindow()  # as a window manager does when a dialog closes
            self.until(self.window.isActiveWindow)
        return result

    @property
    def state(self) -> StationState:
        assert self.window.station is not None
        return self.window.station

    def points_shown(self) -> int:
        return len(self.panels.plots._points)

    def run(self, run_id: int) -> RunSummary | None:
        """Return a run as the table has it."""
        return self.panels.runs.model.run(run_id)

    def until_run(self, run_id: int, status: Status) -> None:
        """Wait until the table shows a run with a status, and the station does nothing."""

        def ended() -> bool:
            run = self.run(run_id)
            return run is not None and run.status is status

        self.until(ended)
        self.until(lambda: self.state.activity is Activity.IDLE)

    def until_under_way(self, run_id: int, points: int = 1) -> None:
        """Wait until the banner and the plots show a run that measures."""
        self.until(lambda: self.panels.banner.bar.isVisible())
        self.until(lambda: self.panels.plots.run_id == run_id and self.points_shown() >= points)
