"""The queue, steered with keys and dragged."""

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from dwmtj.gui.jobs.tab import QueueTab
from dwmtj.gui.window import BenchWindow
from dwmtj.station.messages import NewJob
from dwmtj.tests.gui.conftest import PATIENCE_MS
from dwmtj.tests.gui.stand_in import StandIn

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def queue(window: BenchWindow, qtbot: QtBot, station: StandIn) -> QueueTab:
    """The tab with jobs 1, 2 and 3."""
    for cycles in (1, 2, 3):
        station.add(NewJob("staircase-write", {"cycles": cycles}))
    station.calls.clear()
    tab = window.panels.queue
    window.view.show_queue()
    qtbot.waitUntil(lambda: len(tab.model.jobs) == 3, timeout=PATIENCE_MS)
    return tab


def order(tab: QueueTab) -> list[int]:
    return [job.number for job in tab.model.jobs]


def test_jobs_are_moved_duplicated_held_and_removed_with_keys(
    queue: QueueTab, qtbot: QtBot
) -> None:
    queue.table.selectRow(0)
    qtbot.keyClick(queue.table, Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: order(queue) == [2, 1, 3], timeout=PATIENCE_MS)
    assert queue.selected() == queue.model.jobs[1]  # the job moved stays selected
    qtbot.keyClick(queue.table, Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: order(queue) == [2, 3, 1], timeout=PATIENCE_MS)
    qtbot.keyClick(queue.table, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: order(queue) == [2, 1, 3], timeout=PATIENCE_MS)
    qtbot.keyClick(queue.table, Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: order(queue) == [2, 1, 4, 3], timeout=PATIENCE_MS)
    qtbot.keyClick(queue.table, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: queue.model.jobs[1].new.hold_after, timeout=PATIENCE_MS)
    assert [queue.model.index(each, 6).data() for each in range(4)] == [
        "next",
        "hold",
        "next",
        "next",
    ]
    assert queue.model.index(2, 5).data() == "held"
    qtbot.keyClick(queue.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: order(queue) == [2, 4, 3], timeout=PATIENCE_MS)


def test_a_job_is_dragged_to_another_place(queue: QueueTab, qtbot: QtBot) -> None:
    data: QMimeData = queue.model.mimeData([queue.model.index(0, 0)])
    queue.model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    qtbot.waitUntil(lambda: order(queue) == [2, 3, 1], timeout=PATIENCE_MS)


def test_a_job_is_edited_in_the_form(
    window: BenchWindow, queue: QueueTab, qtbot: QtBot, station: StandIn
) -> None:
    queue.table.selectRow(1)
    qtbot.keyClick(queue.table, Qt.Key.Key_Return)
    form = window.panels.new_run
    assert form.title.text() == "Job 2"
    assert form.form.fields["cycles"].edit.text() == "2"
    form.form.fields["cycles"].edit.setText("20")
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    form.submit()
    qtbot.waitUntil(lambda: station.jobs[1].new.parameters["cycles"] == 20, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: form.title.text() == "New run", timeout=PATIENCE_MS)


def test_what_was_edited_stays_in_the_form_if_the_station_refuses_it(
    window: BenchWindow, queue: QueueTab, qtbot: QtBot, station: StandIn
) -> None:
    queue.table.selectRow(1)
    qtbot.keyClick(queue.table, Qt.Key.Key_Return)
    form = window.panels.new_run
    form.form.fields["cycles"].edit.setText("20")
    form.notes.setText("long one")
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    station.refusal = "There is no run with the number 2 in the queue."
    form.submit()
    error = window.panels.status.error
    qtbot.waitUntil(lambda: error.full_text() == station.refusal, timeout=PATIENCE_MS)
    assert (form.title.text(), form.notes.text()) == ("Job 2", "long one")
    assert form.form.fields["cycles"].edit.text() == "20"


def test_of_a_run_that_is_resumed_the_form_shows_its_parameters_and_takes_notes_alone(
    window: BenchWindow, queue: QueueTab, qtbot: QtBot, station: StandIn
) -> None:
    resumed = NewJob("staircase-write", {"cycles": 7, "amplitude_step_V": 0.0123}, resume=3)
    station.add(resumed)
    qtbot.waitUntil(lambda: len(queue.model.jobs) == 4, timeout=PATIENCE_MS)
    queue.table.selectRow(3)
    qtbot.keyClick(queue.table, Qt.Key.Key_Return)
    form = window.panels.new_run
    assert form.title.text() == "Job 4, resumes run 3"
    assert form.form.fields["cycles"].edit.text() == "7"
    assert not form.form.isEnabled() and not form.protocol.isEnabled()
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    qtbot.keyClicks(form.notes, "again")
    form.submit()
    qtbot.waitUntil(lambda: station.jobs[3].new.notes == "again", timeout=PATIENCE_MS)
    assert station.jobs[3].new.parameters == resumed.parameters
    qtbot.waitUntil(form.form.isEnabled, timeout=PATIENCE_MS)
    assert form.protocol.isEnabled()


def test_the_queue_is_held_and_released(
    window: BenchWindow, queue: QueueTab, qtbot: QtBot, station: StandIn
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_H, CONTROL)
    qtbot.waitUntil(lambda: queue.hold.text() == "Release queue", timeout=PATIENCE_MS)
    qtbot.keyClick(window, Qt.Key.Key_H, CONTROL)
    qtbot.waitUntil(lambda: queue.hold.text() == "Hold queue", timeout=PATIENCE_MS)
    assert station.calls == [("hold", True), ("hold", False)]
