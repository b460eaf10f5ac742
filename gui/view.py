"""What is shown in the middle of the window: live plots, a run's page, or a comparison."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ..errors import DwmtjError
from ..station.messages import StationState
from ..storage import CalibrationRecord
from .look.dialogs import TextQuestion
from .look.theme import Theme
from .models.twin import open_twin_window
from .panels import Panels
from .runs.comparison import comparison_html

OPENING_MS = 6000  # about what another window takes


class View(QObject):
    """Which run and which tab are shown; a run that begins is shown by itself."""

    failed = Signal(str)
    said = Signal(str, str)

    def __init__(self, panels: Panels, window: QWidget, folder: Path) -> None:
        super().__init__(window)
        self._panels, self._window, self._folder = panels, window, folder
        self._live: int | None = None
        self._begun: int | None = None
        self._followed = False
        self._page_anew: Callable[[], object] | None = None
        panels.runs.chosen.connect(self.show_run)
        panels.runs.opened.connect(self.open_run)
        panels.runs.overlay_asked.connect(self.overlay)
        panels.runs.compare_asked.connect(self.compare)
        panels.run_page.closed.connect(self.show_plots)
        panels.run_page.notes_kept.connect(self._keep_notes)
        panels.text_page.closed.connect(self.show_plots)
        panels.plots.overlay_asked.connect(self.ask_overlay)
        panels.models.page_asked.connect(self.show_text)
        panels.runs.calibrate_asked.connect(self._calibrate)
        panels.models.mount_asked.connect(self._mount)
        panels.models.study_asked.connect(self._study)
        panels.studies.closed.connect(self.show_plots)

    def follow(self, state: StationState) -> None:
        """Show a run when it begins; else leave the plots at the run chosen."""
        self._live = state.run.run_id if state.run is not None else None
        plots = self._panels.plots
        newest = state.last_run if self._live is None else self._live
        if self._live is None and not self._followed:
            self._begun = newest  # it ended before this window was opened
        self._followed = True
        if newest is not None and newest != self._begun:
            self._begun = newest
            self.show_run(newest)
        elif plots.run_id is not None:
            self.show_run(plots.run_id)

    def show_run(self, run_id: int) -> None:
        """Show the points of a run in the plots."""
        self._panels.plots.show_run(run_id, f"Run {run_id}", running=run_id == self._live)

    def show_live(self) -> None:
        """Show the run under way."""
        self.show_plots()
        if self._live is not None:
            self._panels.runs.select(self._live)
            self.show_run(self._live)

    def show_plots(self) -> None:
        self._panels.centre.setCurrentWidget(self._panels.plots)

    def open_run(self, run_id: int) -> None:
        """Show the page of a run."""
        self._panels.run_page.open_run(run_id)
        self._panels.centre.setCurrentWidget(self._panels.run_page)
        self._panels.run_page.text.setFocus()

    def show_text(self, page: str, png: bytes, anew: Callable[[], object]) -> None:
        """Show a page of text, with its picture if it has one; `anew` makes it once more."""
        self._page_anew = anew
        self._panels.text_page.show_page(page, png)
        if not self._shows_text:
            self._panels.centre.setCurrentWidget(self._panels.text_page)
            self._panels.text_page.text.setFocus()

    def redraw(self) -> None:
        """Make the page of text anew, in the colours of another theme."""
        if self._shows_text and self._page_anew is not None:
            self._page_anew()

    @property
    def _shows_text(self) -> bool:
        return self._panels.centre.currentWidget() is self._panels.text_page

    def compare(self, first: int, second: int) -> None:
        """Show two runs side by side, once that is computed."""
        theme: Theme = self._panels.theme
        self._panels.archives["figures"].ask(
            lambda store: comparison_html(store, first, second, theme),
            lambda page: self.show_text(page, b"", partial(self.compare, first, second)),
            lambda error: self.failed.emit(str(error)),
            owner=self,
        )

    def overlay(self, run_ids: list[int]) -> None:
        """Draw runs with the one shown."""
        self.show_plots()
        self._panels.plots.overlay(run_ids)

    def ask_overlay(self) -> None:
        """Overlay the other runs selected below, else ask for a number."""
        shown = self._panels.plots.run_id
        chosen = [run.id for run in self._panels.runs.selected() if run.id != shown]
        if chosen:
            self.overlay(chosen)
            return
        text = "The number of an earlier run, as in the list of runs."
        question = TextQuestion(self._window, "Overlay a run", text, "", "Add")
        question.exec()
        answer = question.text
        question.deleteLater()
        if answer.isdecimal():
            self.overlay([int(answer)])
        elif answer:
            self.failed.emit(f"{answer!r} is no number of a run.")

    def find_runs(self) -> None:
        self._panels.tabs.open(self._panels.runs)
        self._panels.runs.focus_search()

    def show_runs(self) -> None:
        self._open_tab(self._panels.runs)

    def show_queue(self) -> None:
        self._open_tab(self._panels.queue)

    def show_models(self) -> None:
        self._open_tab(self._panels.models)

    def show_messages(self) -> None:
        self._open_tab(self._panels.messages)

    def report_runs(self) -> None:
        self._panels.runs.report()

    def next_panel(self) -> None:
        """Put the focus into the next of form, plots, bench and table."""
        panels = self._panels
        stops: list[QWidget] = [panels.new_run, panels.centre, panels.bench, panels.tabs]
        focus = QApplication.focusWidget()
        here = [index for index, stop in enumerate(stops) if focus and stop.isAncestorOf(focus)]
        start = here[0] + 1 if here else 0
        for stop in (*stops[start:], *stops[:start]):
            widget = first_to_focus(stop)
            if widget is not None:
                widget.setFocus()
                return

    def _open_tab(self, tab: QWidget) -> None:
        self._panels.tabs.open(tab)
        widget = first_to_focus(tab)
        if widget is not None:
            widget.setFocus()

    def _keep_notes(self, run_id: int, text: str) -> None:
        self._panels.runs.model.annotate(run_id, notes=text)

    def _mount(self, record: CalibrationRecord) -> None:
        database = self._panels.archives["runs"].place
        if database is not None:
            try:
                sentence = open_twin_window(record, database, self._folder)
            except (DwmtjError, OSError) as error:
                self.failed.emit(str(error))
            else:
                self.said.emit("info", sentence)
                self._panels.models.show_doing(sentence, OPENING_MS)

    def _study(self, name: str, record: CalibrationRecord) -> None:
        database = self._panels.archives["runs"].place
        if database is not None:
            self._panels.studies.open(name, record, database, self._folder)

    def _calibrate(self, run_ids: list[int]) -> None:
        self._panels.tabs.open(self._panels.models)
        self._panels.models.ask_to_calibrate(run_ids)


def first_to_focus(parent: QWidget) -> QWidget | None:
    """Return the first widget inside that takes the focus by Tab."""
    for child in parent.findChildren(QWidget):
        by_tab = child.focusPolicy() & Qt.FocusPolicy.TabFocus
        if by_tab and child.isEnabled() and child.isVisibleTo(parent):
            return child
    return None
