"""What a window asks of the station last is done, and nothing is left on."""

import threading

from pytestqt.qtbot import QtBot

from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.link.worker import Worker
from dwmtj.gui.window import BenchWindow
from dwmtj.station.messages import Activity
from dwmtj.tests.gui.stand_in import StandIn


def test_a_worker_does_all_that_was_asked_before_it_was_closed(qtbot: QtBot) -> None:
    worker, done, go = Worker("test"), [], threading.Event()
    worker.ask(go.wait)
    worker.ask(lambda: done.append("second"))
    worker.close()
    go.set()

    worker.wait(60.0)

    assert done == ["second"]


def test_closing_makes_safe_what_was_set_by_hand_before_the_station_is_left(
    window: BenchWindow, station: StandIn
) -> None:
    station.pretend(activity=Activity.BY_HAND)

    window.close()
    window.link.say_farewell()

    names = [call[0] for call in station.calls]
    assert names.index("make_safe") < names.index("leave")


def test_a_station_that_comes_up_after_the_window_was_closed_is_left(
    qtbot: QtBot, station: StandIn
) -> None:
    begun, come_up = threading.Event(), threading.Event()

    def connect() -> StandIn:
        begun.set()
        come_up.wait(60.0)
        return station

    link = StationLink(connect)
    link.start()
    begun.wait(60.0)
    link.close()
    come_up.set()

    link.say_farewell()

    assert "leave" in [call[0] for call in station.calls]
