"""The end of a window and of its station, which other windows and runs may still need."""

from pathlib import Path

from dwmtj.gui.window import STOP
from dwmtj.station import Station
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.gui.session.conftest import Desk
from dwmtj.tests.gui.session.operator import CONTROL, Key
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, off
from dwmtj.tests.station.conftest import LONG, has_ended


def test_stop_the_run_in_the_question_at_the_end_stops_it_and_frees_the_bench(
    desk: Desk, served: TcpBench, database: Path, tmp_path: Path
) -> None:
    bench = served.write(tmp_path)
    operator = desk.open(bench)
    pid = operator.state.pid
    operator.fill(amplitude_step_V="1 mV", cycles="1000")
    operator.add()
    operator.until_under_way(1, points=5)
    Station.connect(str(bench)).add(LONG)
    assert served.outputs() == ["1", "1", "1"]
    assert operator.answer(STOP, operator.window.close) is True
    assert not operator.window.isVisible()
    wait_until(off(served))
    wait_until(lambda: has_ended(pid))
    with Store.open(database) as store:
        (run,) = store.runs()
    assert run.status is Status.ABORTED and run.points >= 5


def test_a_second_window_keeps_the_station_that_the_first_one_started(
    desk: Desk, served: TcpBench, tmp_path: Path
) -> None:
    bench = served.write(tmp_path)
    first, second = desk.open(bench), desk.open(bench)
    pid = first.state.pid
    assert second.state.pid == pid
    first.window.close()
    first.window.link.say_farewell()
    second.window.activateWindow()
    second.fill(amplitude_step_V="500m")
    second.add()
    second.until_run(1, Status.FINISHED)
    assert second.state.pid == pid
    second.press(Key.Key_Q, CONTROL)
    wait_until(lambda: has_ended(pid))
    assert served.outputs() == ["0", "0", "0"]
