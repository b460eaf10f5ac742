"""The bench window: its panels, what connects them, and how it closes."""

import contextlib
from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from ..instruments import BenchFile
from ..station.messages import Activity, StationState
from ..storage import OutputFileError, database_place
from .commands import Commands
from .errors import UnexpectedErrors
from .keys import KeysPage, bound
from .link.client import StationClient
from .link.station_link import StationLink
from .look.appearance import Appearance
from .look.dialogs import Question
from .look.theme import Theme
from .panels import Panels
from .remembering import recall, remember
from .stop_key import StopKey
from .view import View
from .window_state import WindowState, save_state

KEEP, STOP, CANCEL = "Keep running", "Stop the run", "Cancel"


class BenchWindow(QWidget):
    """A client of one station; it starts, shows, stops and finds runs, and measures nothing."""

    def __init__(
        self,
        bench: BenchFile,
        link: StationLink,
        appearance: Appearance,
        memory: WindowState,
        folder: Path,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(f"dwmtj · {bench.name}")
        self.link, self.appearance, self.memory, self._folder = link, appearance, memory, folder
        self.station: StationState | None = None
        self._quiet = self._stopped = False
        self.panels = Panels(bench, link, memory)
        self.panels.arrange(self)
        self.commands, self.view = Commands(link, self.panels), View(self.panels, self, folder)
        self.errors = UnexpectedErrors()
        self.errors.install()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.stop_key = StopKey(application)
        self.setMinimumSize(1024, 600)
        self.resize(1366, 768)
        self._connect()
        self._bind_keys()
        recall(memory, self, self.panels)
        appearance.changed.connect(self._set_theme)
        appearance.apply()
        self.panels.banner.show_starting("Starting the station …")

    def show_state(self, state: StationState) -> None:
        """Show a state of the station in every panel, also where one of them fails."""
        self.station = self.commands.state = state
        panels, contain = self.panels, self.errors.contain
        contain(panels.use, database_place(state.database))
        for panel in (panels.banner, panels.bench, panels.queue, panels.runs):
            contain(panel.show_state, state)
        contain(panels.tabs.show_count, panels.queue, len(state.queue))
        contain(panels.messages.add_all, state.messages)
        contain(self.view.follow, state)

    def show_lost(self, sentence: str, _ended: bool = True) -> None:
        """Show that the station does not answer; F5 starts it again."""
        self.panels.banner.show_starting(f"F5 starts the station again. {sentence}")
        self.panels.bench.show_lost()
        if self.station is not None or not self.panels.messages.model.messages:
            self.panels.messages.say("error", sentence)
        self.station = self.commands.state = None

    def say_error(self, sentence: str, details: str = "") -> None:
        """Show an error in the messages, and at the bottom until it is dismissed."""
        self.panels.messages.say("error", sentence, details)
        self.panels.status.show_error(sentence, details)

    def say(self, level: str, sentence: str) -> None:
        """Show a sentence in the messages."""
        if level == "error":
            self.say_error(sentence)
        else:
            self.panels.messages.say(level, sentence)

    def next_theme(self) -> None:
        """Choose the next of the themes."""
        self.memory.theme = self.appearance.next()

    def show_keys(self) -> None:
        """List all keys."""
        page = KeysPage(self)
        page.exec()
        page.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        """Divide the height between plots and tabs, unless the user did so before."""
        super().showEvent(event)
        if not self.memory.splitters:
            self.panels.divide(self.height())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of a run, then leave; the station goes on if it has anything to run."""
        if not self._may_close():
            event.ignore()
            return
        self._leave()
        event.accept()

    def close_quietly(self) -> None:
        """Close without a question, as the system asks for; a run goes on in the station."""
        self._quiet = True
        while (dialog := QApplication.activeModalWidget()) is not None and dialog.close():
            pass
        self.close()

    def _may_close(self) -> bool:
        state = self.station
        if state is None or self._quiet or state.activity is not Activity.RUNNING:
            return True
        run = f"Run {state.run.run_id}" if state.run else "A run"
        question = Question(
            self,
            f"{run} is under way",
            "It has a process of its own: with the window closed it goes on, and a window opened "
            "later shows it. Stop ends it now and makes the bench safe.",
            (CANCEL, STOP, KEEP),
            KEEP,
        )
        question.exec()
        answer = question.answer
        question.deleteLater()
        if answer == STOP:
            self._stopped = True
            self.link.stop()
        return self._quiet or answer in (KEEP, STOP)

    def _leave(self) -> None:
        if self.station is not None:
            if self.station.activity is Activity.BY_HAND:
                self.link.stop()  # at once, whatever is under way
            self.link.do(_make_safe_by_hand)
        with contextlib.suppress(OutputFileError):  # nobody would see a message
            self._save()
        self.stop_key.remove()
        self.errors.remove()
        self.link.close(has_stopped=self._stopped)
        self.panels.close()

    def _keep_templates(self) -> None:
        try:
            self._save()
        except OutputFileError as error:
            self.say_error(f"The template lasts as long as this window: {error}")

    def _save(self) -> None:
        remember(self.memory, self, self.panels)
        save_state(self.memory, self._folder)

    def _set_theme(self, theme: Theme) -> None:
        self.panels.set_theme(theme)
        self.view.redraw()
        self.panels.status.show_theme(self.appearance.choice)

    def _bind_keys(self) -> None:
        for key in bound():
            action = QAction(key.text, self)
            action.setShortcut(QKeySequence(key.keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            act = attrgetter(key.method)
            action.triggered.connect(lambda _checked, act=act: act(self)())
            self.addAction(action)

    def _connect(self) -> None:
        panels, link = self.panels, self.link
        link.changed.connect(self.show_state)
        link.lost.connect(self.show_lost)
        link.failed.connect(self.say_error)
        self.errors.happened.connect(self.say_error)
        self.stop_key.pressed.connect(self.commands.stop)
        for worker in panels.workers.values():
            worker.failed.connect(self.say_error)
        for speaker in (self.commands, self.view, panels.runs, panels.models, panels.studies):
            speaker.said.connect(self.say)
        for source in (self.view, panels.plots):
            source.failed.connect(self.say_error)
        panels.new_run.templates.changed.connect(self._keep_templates)
        panels.status.theme_asked.connect(self.next_theme)
        panels.status.keys_asked.connect(self.show_keys)


def _make_safe_by_hand(station: StationClient) -> None:
    """Switch off what was set by hand, also by a command that was sent just before."""
    if station.state().activity is Activity.BY_HAND:
        station.make_safe()
