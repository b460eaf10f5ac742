"""The tab of the runs: search, marks, and what is done with the runs selected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ...station.messages import Activity, StationState
from ...storage import Place, RunSummary, Status, Store
from ..link.archive import Archive
from ..look.tables import Table
from ..look.theme import Theme
from ..look.widgets import button, hide_when_empty, label, row
from .files import RUN_FILES, ask_for_file, ask_for_folder, export_runs, write_runs_report
from .model import RUN, STAR, RunModel
from .search import HELP, all_text

WIDTHS = (28, 48, 112, 142, 128, 100, 86, 78, 90, 60)
PERIOD_MS = 1000
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class RunsTab(QWidget):
    """The runs of the store; the newest run is followed until another one is chosen."""

    chosen = Signal(int)
    """The one run selected, to be shown in the plots."""
    opened = Signal(int)
    overlay_asked = Signal(object)
    compare_asked = Signal(int, int)
    resume_asked = Signal(object)
    calibrate_asked = Signal(object)
    said = Signal(str, str)
    """A level and a sentence for the messages."""
    counted = Signal()

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self._archive = archive
        self._deleted: list[list[int]] = []
        self._activity = Activity.OPENING
        self.model = RunModel()
        self.table = Table(self.model, WIDTHS, "No run yet.")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find: words, device:W7, status:failed")
        self.search.setToolTip(f"{HELP}  (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(220)
        self.search.setAccessibleName("Find runs")
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.undo_line = label("")
        self.undo_button = button("Undo", self.undo_delete, "Ctrl+Z", kind="small")
        self.undo_bar = QWidget()
        self.undo_bar.setLayout(row(self.undo_line, self.undo_button, 1))
        self.undo_bar.hide()
        self.tools = self._tools()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.problem)
        layout.addWidget(self.undo_bar)
        layout.addWidget(self.table)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(lambda: self.refresh())
        self._allow()

    def use(self, place: Place) -> None:
        """Show the runs of a database, and follow it."""
        if place != self._archive.place:
            self._archive.use(place)
            self.reload()
            self._timer.start()

    def reload(self) -> None:
        """Load all runs anew."""
        self._archive.ask(_runs_and_texts, lambda found: self._show_all(*found), owner=self)

    def refresh(self, changed: int | None = None) -> None:
        """Load the runs that may be new or may have changed, `changed` among them."""
        unfinished = self.model.unfinished()
        first = self.model.last_id + 1 if unfinished is None else unfinished
        first = first if changed is None else min(first, changed)
        self._archive.ask(
            lambda store: store.runs(first=first), self._show_changed, self._ignore, owner=self
        )

    def show_state(self, state: StationState) -> None:
        """Show the progress of the run under way."""
        stopping = state.activity is Activity.STOPPING
        self.model.show_live(state.run, stopping=stopping)
        if state.activity is not self._activity:
            self._activity = state.activity
            self._allow()
        if state.run is not None:
            known = self.model.run(state.run.run_id)
            if known is None or known.status is not Status.RUNNING:  # begun, or resumed
                self.refresh(state.run.run_id)

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)
        self.table.viewport().update()

    def selected(self) -> list[RunSummary]:
        """Return the selected runs from the top down."""
        return [self.model.runs[each] for each in self.table.selected_rows()]

    def select(self, run_id: int) -> None:
        """Select one run, if it is found by the search."""
        place = self.model.row_of(run_id)
        if place is not None:
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))

    def focus_search(self) -> None:
        """Put the focus into the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def annotate(self, run_id: int, changes: dict[str, Any]) -> None:
        """Store notes, tags or a star."""
        self._archive.ask(
            lambda store: store.annotate(run_id, **changes),
            otherwise=lambda error: self._failed(error),
        )

    def delete(self) -> None:
        """Delete the selected runs; Undo brings them back."""
        ids = [run.id for run in self.selected()]
        if ids:
            self._archive.ask(
                lambda store: store.delete_runs(ids),
                lambda _: self._was_deleted(ids),
                self._failed,
                owner=self,
            )

    def undo_delete(self) -> None:
        """Bring back the runs deleted last."""
        if not self._deleted:
            return
        ids = self._deleted.pop()
        self._show_deleted()

        def restore(store: Store) -> list[RunSummary]:
            store.restore_runs(ids)
            return [run for run in store.runs(first=min(ids)) if run.id in ids]

        self._archive.ask(restore, self.model.update_runs, self._failed, owner=self)

    def star(self) -> None:
        """Star the selected runs, or take their stars away."""
        for each in self.table.selected_rows():
            self.model.toggle_star(each)

    def open_selected(self) -> None:
        runs = self.selected()
        if runs:
            self.opened.emit(runs[0].id)

    def overlay(self) -> None:
        self.overlay_asked.emit([run.id for run in self.selected()])

    def compare(self) -> None:
        runs = self.selected()
        if len(runs) == 2:
            newer, older = runs
            self.compare_asked.emit(older.id, newer.id)

    def resume(self) -> None:
        runs = self.selected()
        if self._may_resume(runs):
            self.resume_asked.emit(runs[0])

    def calibrate(self) -> None:
        self.calibrate_asked.emit(sorted(run.id for run in self.selected()))

    def report(self) -> None:
        """Ask for a file, and write the report of the selected runs into it."""
        ids = sorted(run.id for run in self.selected())
        if ids:
            name = f"report-run-{ids[0]}.html"
            path = ask_for_file(self, "Report", name, "Web page (*.html)")
            if path is not None:
                self._write(lambda store: write_runs_report(store, ids, path), path)

    def export(self) -> None:
        """Ask for a file, or for a folder if there are several, and write the points there."""
        ids = sorted(run.id for run in self.selected())
        if not ids:
            return
        if len(ids) == 1:
            path = ask_for_file(self, "Export points", f"run-{ids[0]}.csv", RUN_FILES)
        else:
            path = ask_for_folder(self, "Folder for the points of the runs")
        if path is not None:
            self._write(lambda store: export_runs(store, ids, path), None)

    def _write(self, work: Callable[[Store], str], show: Path | None) -> None:
        def done(sentence: str) -> None:
            self.said.emit("info", sentence)
            if show is not None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(show)))

        self._archive.ask(work, done, self._failed, owner=self)

    def _tools(self) -> QWidget:
        self.compare_button = button("Compare", self.compare, "Two selected runs (C)")
        self.report_button = button("Report…", self.report, "One page to mail (Ctrl+Shift+R)")
        self.export_button = button("Export…", self.export, "Points as CSV (Ctrl+E)")
        self.resume_button = button(
            "Resume", self.resume, "Continue an interrupted, aborted or failed run"
        )
        tools = QWidget()
        tools.setProperty("wide", True)
        tools.setMaximumWidth(820)
        tools.setLayout(
            row(
                self.search,
                self.compare_button,
                self.report_button,
                self.export_button,
                self.resume_button,
            )
        )
        return tools

    def _connect(self) -> None:
        self.model.annotated.connect(self.annotate)
        self.model.counted.connect(self.counted)
        self.model.modelReset.connect(self._allow)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(lambda: self.table.setFocus())
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(RUN, Qt.SortOrder.DescendingOrder)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selection_changed())
        self.table.doubleClicked.connect(self._double_clicked)
        self.table.clicked.connect(self._clicked)
        self.table.keys |= {
            (Qt.Key.Key_Return, PLAIN): self.open_selected,
            (Qt.Key.Key_Enter, PLAIN): self.open_selected,
            (Qt.Key.Key_Delete, PLAIN): self.delete,
            (Qt.Key.Key_Z, CONTROL): self.undo_delete,
            (Qt.Key.Key_S, PLAIN): self.star,
            (Qt.Key.Key_O, PLAIN): self.overlay,
            (Qt.Key.Key_C, PLAIN): self.compare,
            (Qt.Key.Key_K, PLAIN): self.calibrate,
            (Qt.Key.Key_E, CONTROL): self.export,
        }

    def _show_all(self, runs: list[RunSummary], texts: dict[int, str]) -> None:
        self.model.replace_all(runs, texts)

    def _show_changed(self, runs: list[RunSummary]) -> None:
        chosen = [run.id for run in self.selected()]
        self.model.update_runs(runs)
        if chosen and not self.table.selected_rows():
            self.select(chosen[0])
        self._allow()

    def _search(self, text: str) -> None:
        hide_when_empty(self.problem, self.model.set_search(text))
        self.table.empty = "No run is found." if text else "No run yet."

    def _was_deleted(self, ids: list[int]) -> None:
        self._deleted.append(ids)
        self.model.drop(ids)
        self._show_deleted()

    def _show_deleted(self) -> None:
        """Tell what Undo would bring back, if anything."""
        if self._deleted:
            ids = self._deleted[-1]
            what = f"Run {ids[0]} is" if len(ids) == 1 else f"{len(ids)} runs are"
            self.undo_line.setText(f"{what} deleted; the points are kept.")
        self.undo_bar.setVisible(bool(self._deleted))

    def _selection_changed(self) -> None:
        self._allow()
        runs = self.selected()
        if len(runs) == 1:
            self.chosen.emit(runs[0].id)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == STAR:
            self.model.toggle_star(index.row())

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != STAR:
            self.opened.emit(self.model.runs[index.row()].id)

    def _allow(self) -> None:
        runs = self.selected()
        self.compare_button.setEnabled(len(runs) == 2)
        self.report_button.setEnabled(bool(runs))
        self.export_button.setEnabled(bool(runs))
        self.resume_button.setEnabled(self._may_resume(runs))

    def _may_resume(self, runs: list[RunSummary]) -> bool:
        ended = (Status.ABORTED, Status.FAILED, Status.INTERRUPTED)
        return len(runs) == 1 and runs[0].status in ended

    def _failed(self, error: Exception) -> None:
        self.said.emit("error", str(error))

    def _ignore(self, _error: Exception) -> None:
        """A refresh that fails is tried again in a second; `reload` says what is wrong."""


def _runs_and_texts(store: Store) -> tuple[list[RunSummary], dict[int, str]]:
    """Return all runs, and the text of each for the search, which takes a while for many."""
    runs = store.runs()
    return runs, {run.id: all_text(run) for run in runs}
