"""A station that ends with its clients: once the last has left, or nobody has come for long."""

import pytest

from dwmtj.station.work import clients
from dwmtj.station.work.clients import SILENT_S, Clients


class Time:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        patch.setattr(clients, "monotonic", lambda: self.now_s)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def test_the_last_client_that_leaves_dismisses_the_station_and_no_other_does(time: Time) -> None:
    known = Clients(300.0)
    known.note_use("one")
    known.note_use("two")
    known.note_leaving("one", has_work=False)
    dismissed = [known.have_dismissed]
    known.note_leaving("two", has_work=False)
    dismissed.append(known.have_dismissed)
    known.note_use("three")
    dismissed.append(known.have_dismissed)
    assert dismissed == [False, True, False]


def test_a_client_that_fell_silent_holds_nothing(time: Time) -> None:
    known = Clients(300.0)
    known.note_use("killed")
    time.now_s += SILENT_S + 1
    known.note_use("one")
    known.note_leaving("one", has_work=False)
    assert known.have_dismissed


def test_a_run_that_goes_on_keeps_the_station_until_some_time_after_its_end(time: Time) -> None:
    known = Clients(300.0)
    known.note_use("one")
    known.note_leaving("one", has_work=True)
    assert not known.have_dismissed and not known.are_gone
    time.now_s += 7200
    known.note_use()  # the run has ended
    time.now_s += 299
    assert not known.are_gone
    time.now_s += 2
    assert known.are_gone


def test_a_station_that_stays_is_never_dismissed(time: Time) -> None:
    known = Clients(None)
    known.note_use("one")
    known.note_leaving("one", has_work=False)
    time.now_s += 1e6
    assert not known.have_dismissed and not known.are_gone
