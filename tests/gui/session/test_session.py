"""A day at the window, by clicks and keys, on a bench that is really there."""

from pathlib import Path

from dwmtj.gui.runs.model import PROTOCOL
from dwmtj.gui.window import CANCEL, KEEP
from dwmtj.station.messages import Activity
from dwmtj.storage import Status
from dwmtj.tests.gui.session.conftest import Desk
from dwmtj.tests.gui.session.operator import ALT, CONTROL, Key, Operator
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench


def queued(operator: Operator) -> list[str]:
    return [job.new.protocol for job in operator.panels.queue.model.jobs]


def found(operator: Operator) -> list[int]:
    return [run.id for run in operator.panels.runs.model.runs]


def test_a_day_at_the_window(desk: Desk, served: TcpBench, tmp_path: Path) -> None:
    bench = served.write(tmp_path)
    operator = desk.open(bench)
    panels = operator.panels
    first_run(operator)
    aborted_and_resumed(operator, served)
    queue_reordered(operator)

    assert operator.answer(CANCEL, operator.window.close) is False
    assert operator.window.isVisible() and operator.state.activity is Activity.RUNNING
    assert operator.answer(KEEP, operator.window.close) is True
    assert served.outputs() == ["1", "1", "1"]

    operator = desk.open(bench)
    panels = operator.panels
    operator.until_under_way(2)
    shown = operator.points_shown()
    operator.until(lambda: operator.points_shown() > shown)
    operator.until(lambda: len(panels.queue.model.jobs) == 2)
    assert queued(operator) == ["saturate", "read-series"]
    operator.press(Key.Key_F12)
    operator.until_run(2, Status.ABORTED)
    assert served.outputs() == ["0", "0", "0"]

    found_by_words(operator)
    calibrated(operator)
    page_of_a_run(operator)
    assert not [each.text for each in panels.messages.model.messages if each.level == "error"]
    operator.press(Key.Key_Q, CONTROL)
    assert not operator.window.isVisible()


def first_run(operator: Operator) -> None:
    operator.choose_protocol("staircase-write")
    operator.fill(amplitude_step_V="200m", cycles="4")
    operator.add()
    operator.until_under_way(1)
    operator.until_run(1, Status.FINISHED)
    run = operator.run(1)
    assert run is not None and run.points == run.points_expected
    operator.until(lambda: operator.points_shown() == run.points)


def aborted_and_resumed(operator: Operator, served: TcpBench) -> None:
    panels = operator.panels
    operator.fill(amplitude_step_V="1 mV", cycles="1000")
    operator.add()
    operator.until_under_way(2, points=20)
    operator.press(Key.Key_F12)
    operator.until_run(2, Status.ABORTED)
    assert served.outputs() == ["0", "0", "0"]
    run = operator.run(2)
    assert run is not None and run.points >= 20
    operator.press(Key.Key_1, CONTROL)
    operator.select(panels.runs.table, 0, PROTOCOL)
    operator.click(panels.runs.resume_button)
    operator.until(lambda: len(panels.queue.model.jobs) == 1)
    operator.press(Key.Key_H, CONTROL)  # the stop held the queue
    operator.until_under_way(2, points=run.points + 1)


def queue_reordered(operator: Operator) -> None:
    panels = operator.panels
    operator.choose_protocol("read-series")
    operator.add()
    operator.choose_protocol("saturate")
    operator.add()
    operator.until(lambda: queued(operator) == ["read-series", "saturate"])
    operator.press(Key.Key_2, CONTROL)
    operator.select(panels.queue.table, 1, 1)
    operator.press(Key.Key_Up, ALT, on=panels.queue.table)
    operator.until(lambda: queued(operator) == ["saturate", "read-series"])


def found_by_words(operator: Operator) -> None:
    runs = operator.panels.runs
    operator.press(Key.Key_F, CONTROL)
    operator.type("protocol:stair status:finished")
    assert found(operator) == [1]
    operator.press(Key.Key_A, CONTROL)
    operator.press(Key.Key_Backspace)
    assert found(operator) == [2, 1]
    assert runs.search.hasFocus()


def calibrated(operator: Operator) -> None:
    panels = operator.panels
    operator.select(panels.runs.table, 1, PROTOCOL)
    operator.answer("Calibrate", lambda: operator.press(Key.Key_K, on=panels.runs.table), "session")
    operator.until(lambda: len(panels.models.model.records) == 1)
    operator.until(lambda: panels.centre.currentWidget() is panels.text_page)
    assert "session" in panels.text_page.text.toPlainText()


def page_of_a_run(operator: Operator) -> None:
    panels = operator.panels
    operator.press(Key.Key_1, CONTROL)
    operator.select(panels.runs.table, 1, PROTOCOL)
    operator.press(Key.Key_Return, on=panels.runs.table)
    page = panels.run_page
    operator.until(lambda: page.record is not None and page.figures.cells)
    assert panels.centre.currentWidget() is page
    assert "PARAMETERS" in page.text.toPlainText()
    operator.press(Key.Key_Escape)
    assert panels.centre.currentWidget() is panels.plots
