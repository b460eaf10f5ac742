"""The runs: found, marked in place, deleted and brought back, looked at and compared."""

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from dwmtj.gui.plots import RunPoints
from dwmtj.gui.runs.files import export_runs
from dwmtj.gui.runs.model import NOTES, POINTS, STATUS, TAGS, TOOK
from dwmtj.gui.runs.tab import RunsTab
from dwmtj.gui.window import BenchWindow
from dwmtj.storage import OutputFileError, Point, Status, Store
from dwmtj.tests.gui.conftest import PATIENCE_MS
from dwmtj.tests.gui.stand_in import StandIn


@pytest.fixture
def runs(window: BenchWindow) -> RunsTab:
    return window.panels.runs


def shown(tab: RunsTab) -> list[int]:
    return [run.id for run in tab.model.runs]


def test_runs_are_found_while_one_types(window: BenchWindow, runs: RunsTab, qtbot: QtBot) -> None:
    assert shown(runs) == [5, 4, 3, 2, 1]
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert runs.search.hasFocus()
    qtbot.keyClicks(runs.search, "device:W7 note")
    assert shown(runs) == [4, 2]
    runs.search.setText("since:soon")
    assert runs.problem.isVisible()
    runs.search.clear()
    assert shown(runs) == [5, 4, 3, 2, 1]
    assert not runs.problem.isVisible()


@pytest.mark.parametrize(("column", "text"), [(NOTES, "see run 3"), (TAGS, "good, tip 3")])
def test_notes_and_tags_are_edited_in_place_and_stored(
    runs: RunsTab, qtbot: QtBot, database: Path, column: int, text: str
) -> None:
    index = runs.model.index(1, column)
    runs.table.setCurrentIndex(index)
    runs.table.edit(index)
    editor = runs.table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert runs.model.index(1, column).data() == text

    def stored() -> bool:
        with Store.open(database) as store:
            run = store.run(4).summary
        return text in (run.notes, ", ".join(run.tags))

    qtbot.waitUntil(stored, timeout=PATIENCE_MS)


def test_a_tag_given_twice_is_kept_once(runs: RunsTab) -> None:
    index = runs.model.index(1, TAGS)
    runs.model.setData(index, "good, tip 3, good,")
    assert index.data() == "good, tip 3"


def test_a_star_is_set_with_a_key_and_found(runs: RunsTab, qtbot: QtBot) -> None:
    runs.table.selectRow(2)
    qtbot.keyClick(runs.table, Qt.Key.Key_S)
    runs.search.setText("starred")
    assert shown(runs) == [3]


def test_deleted_runs_come_back_with_ctrl_z(runs: RunsTab, qtbot: QtBot, database: Path) -> None:
    runs.table.selectRow(0)
    qtbot.keyClick(runs.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(runs.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: shown(runs) == [3, 2, 1], timeout=PATIENCE_MS)
    assert runs.undo_bar.isVisible()
    with Store.open(database) as store:
        assert store.deleted_runs() == [4, 5]
    qtbot.keyClick(runs.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(runs) == [5, 4, 3, 2, 1], timeout=PATIENCE_MS)
    assert not runs.undo_bar.isVisible()
    with Store.open(database) as store:
        assert store.deleted_runs() == []


def test_the_line_beside_undo_names_what_it_brings_back(runs: RunsTab, qtbot: QtBot) -> None:
    for newest in (5, 4):
        runs.table.selectRow(0)
        qtbot.keyClick(runs.table, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: newest not in shown(runs), timeout=PATIENCE_MS)  # noqa: B023
    assert runs.undo_line.text().startswith("Run 4 is deleted")
    qtbot.keyClick(runs.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert runs.undo_line.text().startswith("Run 5 is deleted")


def test_a_run_chosen_is_shown_in_the_plots_and_opened_with_return(
    window: BenchWindow, runs: RunsTab, qtbot: QtBot
) -> None:
    runs.table.setFocus()
    runs.table.selectRow(3)
    assert window.panels.plots.run_id == 2
    qtbot.waitUntil(lambda: len(window.panels.plots._points) == 20, timeout=PATIENCE_MS)
    qtbot.keyClick(runs.table, Qt.Key.Key_Return)
    page = window.panels.run_page
    assert window.panels.centre.currentWidget() is page
    qtbot.waitUntil(lambda: page.record is not None, timeout=PATIENCE_MS)
    assert page.title.text() == "Run 2 · staircase-write on W7-B4"
    page.notes.setPlainText("a better note")
    page.notes.kept.emit(page.notes.toPlainText())
    assert runs.model.index(3, NOTES).data() == "a better note"
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.panels.centre.currentWidget() is window.panels.plots


def test_two_runs_are_compared(window: BenchWindow, runs: RunsTab, qtbot: QtBot) -> None:
    runs.table.selectRow(0)
    qtbot.keyClick(runs.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(runs.table, Qt.Key.Key_C)
    page = window.panels.text_page
    qtbot.waitUntil(lambda: window.panels.centre.currentWidget() is page, timeout=PATIENCE_MS)
    text = page.text.toPlainText()
    assert "Run 4 and run 5" in text
    assert "minor-loop" in text


def test_the_run_under_way_shows_its_progress_and_a_failed_one_can_be_resumed(
    window: BenchWindow, runs: RunsTab, qtbot: QtBot, station: StandIn
) -> None:
    station.pretend_running(5)
    qtbot.waitUntil(lambda: runs.model.index(0, STATUS).data() == "running", timeout=PATIENCE_MS)
    assert runs.model.index(0, POINTS).data() == "1,161"
    assert runs.model.index(0, TOOK).data() == "4 min left"
    runs.table.selectRow(1)
    assert not runs.resume_button.isEnabled()  # it is finished
    runs.table.selectRow(2)
    runs.resume_button.click()
    qtbot.waitUntil(lambda: len(station.jobs) == 1, timeout=PATIENCE_MS)
    assert station.jobs[0].new.resume == 3


def test_a_run_that_was_chosen_under_way_can_be_resumed_once_it_has_ended(
    runs: RunsTab, qtbot: QtBot, database: Path
) -> None:
    with Store.open(database) as store:
        writer = store.begin_run("reset", "W9", parameters={}, bench={})
        qtbot.waitUntil(lambda: shown(runs)[0] == 6, timeout=PATIENCE_MS)
        runs.table.selectRow(0)
        assert not runs.resume_button.isEnabled()
        writer.finish(Status.ABORTED)
    qtbot.waitUntil(runs.resume_button.isEnabled, timeout=PATIENCE_MS)


def test_a_run_that_begins_leaves_what_is_typed_and_selected(
    window: BenchWindow, runs: RunsTab, qtbot: QtBot, database: Path
) -> None:
    window.activateWindow()
    runs.table.selectRow(1)
    runs.table.setCurrentIndex(runs.model.index(1, NOTES))
    qtbot.keyClick(runs.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = [run.id for run in runs.selected()]
    assert chosen == [4, 3]
    runs.table.edit(runs.table.currentIndex())
    editor = runs.table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("half a sentence")
    with Store.open(database) as store:
        store.begin_run("reset", "W9", parameters={}, bench={})
    qtbot.waitUntil(lambda: shown(runs)[0] == 6, timeout=PATIENCE_MS)
    assert runs.table.viewport().findChild(QLineEdit) is editor
    assert editor.text() == "half a sentence"
    assert [run.id for run in runs.selected()] == chosen
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert [run.notes for run in runs.model.runs if run.id in chosen].count("half a sentence") == 1


def test_a_run_that_another_program_stores_appears(
    runs: RunsTab, qtbot: QtBot, database: Path
) -> None:
    with Store.open(database) as store:
        store.begin_run("reset", "W9", parameters={}, bench={})
    qtbot.waitUntil(lambda: shown(runs)[0] == 6, timeout=PATIENCE_MS)


def test_points_are_exported_without_a_word_missing(
    window: BenchWindow,
    runs: RunsTab,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dwmtj.gui.runs.tab.ask_for_file", lambda *_: tmp_path / "run-5.csv")
    runs.table.selectRow(0)
    runs.export()
    messages = window.panels.messages.model.messages
    qtbot.waitUntil(
        lambda: any("points of run 5 are written" in each.text for each in messages),
        timeout=PATIENCE_MS,
    )
    assert (tmp_path / "run-5.csv").read_text().count("write,") == 20


def test_a_tag_of_html_in_notes_is_shown_as_it_was_typed(runs: RunsTab) -> None:
    runs.model.annotate(5, notes="<img src=x> of tip <b>3</b>")
    place = runs.model.index(0, NOTES)
    assert "&lt;b&gt;3" in str(runs.model.data(place, Qt.ItemDataRole.ToolTipRole))


def test_points_of_several_runs_replace_no_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "run-2.csv").write_text("mine")
    with Store.open(database) as store, pytest.raises(OutputFileError, match=r"run-2\.csv exists"):
        export_runs(store, [1, 2], tmp_path)
    assert (tmp_path / "run-2.csv").read_text() == "mine"
    assert not (tmp_path / "run-1.csv").exists()


def test_a_run_is_exported_in_the_format_of_its_name_csv_if_it_has_none(
    database: Path, tmp_path: Path
) -> None:
    with Store.open(database) as store:
        assert "points.csv" in export_runs(store, [1], tmp_path / "points")
        export_runs(store, [1], tmp_path / "run.nc")
        assert not store.import_run(tmp_path / "run.nc").is_new
        with pytest.raises(OutputFileError, match=r"points\.csv already exists"):
            export_runs(store, [1], tmp_path / "points")


def test_notes_changed_back_on_the_page_of_a_run_are_stored(
    window: BenchWindow, qtbot: QtBot
) -> None:
    page = window.panels.run_page
    window.view.open_run(5)
    qtbot.waitUntil(lambda: page.notes.toPlainText() == "note 5", timeout=PATIENCE_MS)
    for text in ("other", "note 5"):
        page.notes.setPlainText(text)
        qtbot.keyClick(page.notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.panels.runs.model.run(5).notes == "note 5"  # type: ignore[union-attr]


def test_fifty_runs_opened_and_left_again_leave_nothing_behind(
    window: BenchWindow, qtbot: QtBot
) -> None:
    panels = window.panels

    def open_and_leave(run_id: int, *, page: bool) -> None:
        panels.runs.select(run_id)
        qtbot.waitUntil(lambda: panels.plots.run_id == run_id, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: len(panels.plots._points) == 20, timeout=PATIENCE_MS)
        if page:
            window.view.open_run(run_id)
            qtbot.waitUntil(lambda: bool(panels.run_page.figures.cells), timeout=PATIENCE_MS)
            qtbot.keyClick(panels.run_page, Qt.Key.Key_Escape)

    def left() -> tuple[int, int]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        alive = sum(type(each) is RunPoints for each in gc.get_objects())
        return alive, len(QApplication.allWidgets())

    for run_id in (1, 2, 1):
        open_and_leave(run_id, page=True)
    before = left()
    for number in range(50):
        open_and_leave(2 - number % 2, page=number % 10 == 0)
    open_and_leave(1, page=True)
    assert left() == before


def test_a_run_whose_only_cycle_is_repeated_shows_the_points_of_the_repetition(
    window: BenchWindow, runs: RunsTab, station: StandIn, database: Path, qtbot: QtBot
) -> None:
    with Store.open(database) as store:
        writer = store.resume_run(3, bench={})
        station.pretend_running(3, done=20)
        qtbot.waitUntil(
            lambda: runs.model.run(3).status is Status.RUNNING,  # type: ignore[union-attr]
            timeout=PATIENCE_MS,
        )
        writer.add(Point("write", 2.0, 0, 2.0, resistance_ohm=80.0))
        writer.finish(Status.FINISHED)
    station.pretend(run=None)
    qtbot.waitUntil(
        lambda: runs.model.run(3).points == 1,  # type: ignore[union-attr]
        timeout=PATIENCE_MS,
    )
    assert runs.model.run(3).status is Status.FINISHED  # type: ignore[union-attr]
