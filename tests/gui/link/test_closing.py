"""What a window asks of the station last is done, and nothing is left on."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.link.worker import Worker
from dwmtj.gui.window import BenchWindow
from dwmtj.station.errors import StationError
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


def test_a_station_that_never_came_up_does_not_delay_the_end(qtbot: QtBot) -> None:
    def connect() -> StandIn:
        raise StationError("The bench file is gone.")

    link = StationLink(connect)
    with qtbot.waitSignal(link.lost, timeout=60_000):
        link.start()
    link.close()
    link._commands.wait(60.0)
    assert not link._commands._thread.is_alive()


def test_a_window_leaves_its_station_when_it_listens_no_more(
    window: BenchWindow, station: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened: list[bool] = []

    def leave(*, has_stopped: bool = False) -> None:
        listened.append(not window.link._closing.is_set())

    monkeypatch.setattr(station, "leave", leave)
    window.close()
    window.link.say_farewell()
    assert listened == [False]
