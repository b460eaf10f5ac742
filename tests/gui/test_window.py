"""The window as a whole: stopping, closing, errors, what it remembers."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from dwmtj.gui.look.dialogs import Question, TextQuestion
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.window import CANCEL, KEEP, STOP, BenchWindow
from dwmtj.tests.gui.conftest import PATIENCE_MS, Open
from dwmtj.tests.gui.stand_in import StandIn


def stopped(station: StandIn) -> bool:
    return ("stop",) in station.calls


def test_f12_stops_in_the_window(window: BenchWindow, qtbot: QtBot, station: StandIn) -> None:
    qtbot.keyClick(window.panels.new_run.notes, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: stopped(station), timeout=PATIENCE_MS)


def test_f12_stops_in_a_dialog_and_in_a_menu(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    question = TextQuestion(window, "A question", "With a text.", "", "Good")
    question.open()
    qtbot.keyClick(question.line, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: stopped(station), timeout=PATIENCE_MS)
    assert question.isVisible()
    question.close()
    station.calls.clear()
    menu = QMenu(window)
    menu.addAction("One")
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.keyClick(menu, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: stopped(station), timeout=PATIENCE_MS)
    menu.close()


def test_stop_goes_out_while_another_command_hangs(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    station.hang.clear()
    window.panels.bench.check.click()
    qtbot.waitUntil(lambda: ("check",) in station.calls, timeout=PATIENCE_MS)
    window.panels.banner.stop.click()
    qtbot.waitUntil(lambda: stopped(station), timeout=PATIENCE_MS)
    station.hang.set()


@pytest.mark.parametrize(("answer", "closed"), [(KEEP, True), (STOP, True), (CANCEL, False)])
def test_closing_in_mid_run_asks_and_tells_the_station(
    window: BenchWindow, qtbot: QtBot, station: StandIn, answer: str, closed: bool
) -> None:
    station.pretend_running(5)
    qtbot.waitUntil(lambda: window.panels.banner.bar.isVisible(), timeout=PATIENCE_MS)

    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Question)
        buttons = {each.text(): each for each in dialog.findChildren(QPushButton)}
        buttons[answer].click()

    QTimer.singleShot(0, choose)
    assert window.close() is closed
    assert window.isVisible() is not closed
    qtbot.waitUntil(lambda: stopped(station) is (answer == STOP), timeout=PATIENCE_MS)
    left = ("leave", answer == STOP)
    qtbot.waitUntil(lambda: (left in station.calls) is closed, timeout=PATIENCE_MS)


def test_a_window_that_closes_with_the_bench_set_by_hand_makes_it_safe(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    station.pulse(1.0, 50e-9, 10e-9, 10e-9)
    qtbot.waitUntil(lambda: "by hand" in window.panels.banner.run.full_text(), timeout=PATIENCE_MS)
    window.close()
    qtbot.waitUntil(lambda: ("make_safe",) in station.calls, timeout=PATIENCE_MS)


def test_a_run_that_begins_is_shown_and_paused_with_f9(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    station.pretend_running(5)
    qtbot.waitUntil(lambda: window.panels.plots.run_id == 5, timeout=PATIENCE_MS)
    assert window.panels.banner.left.text().startswith("65 %  ·  4 min left, until ")
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "paused" in window.panels.banner.left.text(), timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "left" in window.panels.banner.left.text(), timeout=PATIENCE_MS)
    assert station.calls == [("pause",), ("resume",)]


def test_a_run_that_was_over_before_it_was_seen_is_shown(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    window.view.show_run(2)
    station.pretend(last_run=5)
    qtbot.waitUntil(lambda: window.panels.plots.run_id == 5, timeout=PATIENCE_MS)
    window.view.show_run(2)
    qtbot.wait(500)  # some states later, what was chosen is still shown
    assert window.panels.plots.run_id == 2


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_one_message_and_the_window_goes_on(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    window.errors.install()  # in place of pytest's
    timer = QTimer(window)
    timer.timeout.connect(lambda: 1 / 0)
    timer.start(1)
    messages = window.panels.messages.model.messages
    qtbot.waitUntil(lambda: any("ZeroDivision" in each.text for each in messages))
    qtbot.wait(30)
    timer.stop()
    assert sum("ZeroDivision" in each.text for each in messages) == 1
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: any("IndexError" in each.text for each in messages))
    window.panels.messages.table.selectRow(0)
    assert "Traceback" in window.panels.messages.copy_details()
    assert "Traceback" in QApplication.clipboard().text()
    station.pretend_running(5)
    qtbot.waitUntil(lambda: window.panels.banner.bar.isVisible(), timeout=PATIENCE_MS)


def test_a_lost_station_is_said_and_started_again(
    window: BenchWindow, qtbot: QtBot, station: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dwmtj.station.errors import StationError

    def gone(messages_after: int = 0) -> None:
        raise StationError("The station has ended.")

    with monkeypatch.context() as patch:
        patch.setattr(station, "state", gone)
        qtbot.waitUntil(lambda: window.station is None, timeout=PATIENCE_MS)
        assert "The station has ended." in window.panels.banner.run.full_text()
        bench = window.panels.bench
        assert {row.state.text() for row in bench.instruments.rows} == {"not known"}
        assert not bench.by_hand.buttons["read"].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.station is not None, timeout=PATIENCE_MS)


def test_the_window_remembers_form_theme_and_columns(open_window: Open, qtbot: QtBot) -> None:
    first = open_window()
    form = first.panels.new_run
    form.protocol.setCurrentText("minor-loop")
    form.form.fields["largest_field_T"].edit.setText("70 mT")
    form.operator.setText("Ada")
    first.panels.runs.table.setColumnWidth(3, 222)
    first.next_theme()
    chosen = first.memory.theme
    first.close()
    second = open_window()
    assert second.panels.new_run.protocol.currentText() == "minor-loop"
    assert second.panels.new_run.form.fields["largest_field_T"].edit.text() == "70 mT"
    assert second.panels.new_run.operator.text() == "Ada"
    assert second.panels.runs.table.columnWidth(3) == 222
    assert chosen in list(ThemeChoice)


def test_a_template_is_remembered_though_its_window_is_killed(open_window: Open) -> None:
    first = open_window()

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, TextQuestion)
        dialog.line.setText("to 3 V")
        next(each for each in dialog.findChildren(QPushButton) if each.text() == "Save").click()

    QTimer.singleShot(0, answer)
    first.panels.new_run.save_template()
    second = open_window()  # beside the first, which has not closed
    assert [each.name for each in second.memory.templates] == ["to 3 V"]


@pytest.mark.parametrize(
    "content", ['{"theme": "pink"}', '{"geometry": "abc"}', '{"tab": -1}', "{", "\x00"]
)
def test_an_unreadable_state_is_kept_aside_and_said(
    open_window: Open, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "window.json").write_text(content)
    window = open_window()
    assert "unreadable" in window.panels.messages.model.messages[-1].text
    (aside,) = folder.glob("window-unreadable-*.json")
    assert aside.read_text() == content


def test_a_question_mark_lists_every_key(window: BenchWindow, qtbot: QtBot) -> None:
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        seen.extend(each.text() for each in dialog.findChildren(QLabel))
        dialog.close()

    QTimer.singleShot(0, look)
    window.show_keys()
    assert {"F12", "Ctrl+Return", "Alt+Up / Alt+Down", "F9"} <= set(seen)


def test_a_question_mark_in_a_text_is_typed(window: BenchWindow, qtbot: QtBot) -> None:
    notes = window.panels.new_run.notes
    notes.setFocus()
    qtbot.keyClicks(notes, "why?")
    assert notes.text() == "why?"


def test_f6_goes_through_the_panels(window: BenchWindow, qtbot: QtBot) -> None:
    panels = window.panels
    places = (panels.new_run, panels.centre, panels.bench, panels.tabs)
    found = set()
    for _ in range(4):
        window.view.next_panel()
        focus = QApplication.focusWidget()
        found |= {
            index for index, place in enumerate(places) if focus and place.isAncestorOf(focus)
        }
    assert len(found) >= 3


def test_qt_keeps_its_references_to_none(window: BenchWindow) -> None:
    """PySide6 6.12.0 lost one at every call that returns nothing."""
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 100


def test_a_template_that_cannot_be_kept_is_said(
    window: BenchWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    window._folder = tmp_path / "file" / "state"
    qtbot.waitUntil(window.panels.new_run.add.isEnabled, timeout=PATIENCE_MS)

    def reply() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, TextQuestion)
        dialog.line.setText("to 3 V")
        dialog._choose("Save")

    QTimer.singleShot(0, window, reply)
    window.panels.new_run.save.click()
    sentence = window.panels.status.error.full_text()
    assert sentence.startswith("The template lasts as long as this window: ")
