"""A run when its window, an instrument or a panel fails; the outputs are asked of the bench."""

import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer

from dwmtj.station import Activity, NewJob, Station
from dwmtj.storage import Status
from dwmtj.tests.command_line import started, wait_until
from dwmtj.tests.gui.session.conftest import Desk
from dwmtj.tests.gui.session.operator import Key, Operator
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench
from dwmtj.tests.station.conftest import LONG, opened, posix, under_way, wait_for
from dwmtj.tests.station.hanging_wire import HangingWire
from dwmtj.tests.station.test_endings import METER, file_through, generator_off

SOME_SECONDS = NewJob("staircase-write", {"amplitude_step_V": 0.02})


@pytest.fixture
def wire(served: TcpBench) -> Iterator[HangingWire]:
    """A wire to the meter that can hang."""
    wire = HangingWire(int(served.addresses[METER].split("::")[2]))
    yield wire
    wire.close()


@posix
def test_a_run_outlives_the_windows_that_are_ended_or_killed_and_a_new_one_shows_it(
    desk: Desk, served: TcpBench, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    bench = served.write(tmp_path)
    arguments = ["gui", "--bench", str(bench), "--database", str(database)]
    with started(tmp_path, *arguments) as window:
        wait_until(shows(database, window), window)
        station = opened(Station.connect(str(bench)))
        station.add(SOME_SECONDS)
        wait_for(station, under_way())
        window.terminate()
        assert window.wait() == 0
    with started(tmp_path, *arguments) as window:
        wait_until(shows(database, window), window)
        wait_for(station, under_way(points=20))
        window.kill()
    assert station.state().activity is Activity.RUNNING
    operator = desk.open(bench)
    operator.until_run(1, Status.FINISHED)
    run = operator.run(1)
    assert run is not None and run.points == run.points_expected
    assert served.outputs() == ["0", "0", "0"]


@posix
def test_a_hung_meter_is_named_while_the_rest_is_safe_and_f12_again_replaces_the_process(
    desk: Desk, served: TcpBench, wire: HangingWire, tmp_path: Path
) -> None:
    bench = file_through(wire, served, tmp_path)
    operator = desk.open(bench)
    view, banner = operator.panels.bench.stopping, operator.panels.banner
    Station.connect(str(bench)).add(LONG)
    operator.until_under_way(1)
    pid = operator.state.pid
    wire.hang()
    operator.press(Key.Key_F12)
    operator.until(lambda: generator_off(served))
    assert served.ask(METER, ":OUTP?") == "1"
    operator.until(lambda: instrument(operator, "pulse generator") == "safe")
    assert view.isVisible() and operator.state.activity is Activity.STOPPING
    assert instrument(operator, "resistance meter") in ("making safe", "not safe")
    operator.press(Key.Key_F12)
    operator.until(lambda: operator.state.activity is Activity.NOT_OPEN)
    assert operator.state.pid != pid
    assert "resistance meter" in banner.run.full_text()
    assert "resistance meter" in operator.panels.bench.problem.text()
    assert instrument(operator, "magnet supply") == "safe"
    assert served.ask("BOP 36-12", "OUTP?") == "0"
    wire.recover()
    operator.click(operator.panels.bench.check)
    operator.until(lambda: operator.state.activity is Activity.IDLE)
    assert served.outputs() == ["0", "0", "0"]
    operator.until_run(1, Status.INTERRUPTED)


@pytest.mark.qt_no_exception_capture
def test_a_panel_a_slot_and_a_plot_that_fail_are_a_message_each_and_the_run_goes_on(
    desk: Desk, served: TcpBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = desk.open(served.write(tmp_path))
    window, panels = operator.window, operator.panels
    window.errors.install()  # in place of pytest's
    operator.fill(amplitude_step_V="1 mV")
    operator.add()
    operator.until_under_way(1)
    calls = count()

    def fail(*_arguments: object) -> None:
        raise ValueError(f"call {next(calls)}")

    monkeypatch.setattr(panels.bench.reading, "show_reading", fail)
    monkeypatch.setattr(panels.plots.panel.page.main, "paint_data", fail)
    timer = QTimer(window)
    timer.timeout.connect(fail)
    timer.start(10)
    done = operator.state.run.done if operator.state.run else 0
    operator.until(lambda: operator.state.run is not None and operator.state.run.done > done + 20)
    failed = [each for each in panels.messages.model.messages if each.level == "error"]
    assert len(failed) == 3, failed
    assert all("ValueError: call" in each.text and "Traceback" in each.details for each in failed)
    timer.stop()
    operator.press(Key.Key_F12)
    operator.until_run(1, Status.ABORTED)
    assert served.outputs() == ["0", "0", "0"]


def shows(database: Path, window: "subprocess.Popen[str]") -> Callable[[], bool]:
    """Return a function that is true once a window reads the database."""
    process = psutil.Process(window.pid)
    return lambda: str(database) in [each.path for each in process.open_files()]


def instrument(operator: Operator, name: str) -> str:
    """Return the state of an instrument that the window was given last."""
    return next(each.state for each in operator.state.instruments if each.name == name)
