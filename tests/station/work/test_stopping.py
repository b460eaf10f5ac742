"""A stop goes on until the bench is safe or the process replaced, whatever the main thread does."""

import threading
from collections.abc import Callable, Iterator

import pytest

from dwmtj.instruments import Bench, BenchFile, PulseShape, open_bench
from dwmtj.station.work import stopping
from dwmtj.station.work.stopping import Stop

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)


@pytest.fixture
def armed(virtual: Callable[..., BenchFile]) -> Iterator[Bench]:
    with open_bench(virtual()) as bench:
        bench.generator.arm(SHAPE)
        yield bench


def test_a_main_thread_that_cannot_be_interrupted_is_made_safe_around_and_then_replaced(
    armed: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "REPLACE_AFTER_S", 2.0)
    interrupted, replaced = threading.Event(), threading.Event()
    stop = Stop(lambda: armed, lambda: armed.making_safe, interrupted.set, replaced.set)
    stop.request()
    assert stop.pending
    assert replaced.wait(60.0)
    assert interrupted.is_set()
    assert not armed.generator.armed


def test_a_run_that_ends_by_itself_is_not_interrupted(armed: Bench) -> None:
    interrupted = threading.Event()
    stop = Stop(lambda: armed, lambda: armed.making_safe, interrupted.set, lambda: None)
    stop.request()
    stop.end()
    assert not stop.pending and stop.progress() is None
    assert not interrupted.wait(2 * stopping.GRACE_S)
    assert armed.generator.armed


def test_a_second_request_replaces_at_once_but_not_before_the_first_could_act(
    armed: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = threading.Event()
    now_s = [100.0]
    monkeypatch.setattr(stopping, "monotonic", lambda: now_s[0])
    stop = Stop(lambda: armed, lambda: True, lambda: None, replaced.set)
    for later_s in (0.0, 0.1, 0.19):
        now_s[0] = 100.0 + later_s
        stop.request()
    assert stop.pending and not replaced.is_set()
    now_s[0] = 100.01 + stopping.GRACE_S
    stop.request()
    assert replaced.is_set()
    stop.end()
