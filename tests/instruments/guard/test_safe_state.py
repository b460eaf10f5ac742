"""Every instrument is made safe as far as it can be, whatever the others do, and once only."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path

import pytest

from dwmtj.instruments import BenchError
from dwmtj.instruments.guard import safe_state
from dwmtj.instruments.guard.safe_state import SafeState
from dwmtj.instruments.tracing import read_trace, trace_to

LONG_S = 300.0  # a deadline that no test waits for


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What an instrument that hangs waits for: the end of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores SIGINT, these tests too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(event: threading.Event) -> None:
    event.wait()


def failing(*messages: str) -> Callable[..., None]:
    """Return an action that fails with each message in turn, and then succeeds."""
    remaining = list(messages)

    def fail(*_: object) -> None:
        if remaining:
            raise BenchError(remaining.pop(0))

    return fail


def test_each_instrument_begins_when_the_one_before_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(safe_state, "PATIENCE_S", LONG_S)
    seen: list[str] = []

    def slow() -> None:
        time.sleep(0.1)
        seen.append("generator")

    SafeState(
        {
            "generator": slow,
            "meter": lambda: seen.append("meter"),
            "switch": lambda: seen.append("switch"),
        },
        deadlines_s={},
    ).reach()
    assert seen == ["generator", "meter", "switch"]


def test_an_instrument_that_hangs_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    monkeypatch.setattr(safe_state, "PATIENCE_S", 0.05)
    SafeState(
        {"generator": lambda: wait_for(released), "meter": released.set},
        deadlines_s={"generator": LONG_S},
    ).reach()


def test_an_instrument_that_hangs_is_named_after_its_deadline(
    monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    monkeypatch.setattr(safe_state, "PATIENCE_S", 0.05)
    monkeypatch.setattr(safe_state, "DEADLINE_S", 0.6)
    seen: list[str] = []
    state = SafeState(
        {"generator": lambda: wait_for(released), "meter": lambda: seen.append("meter")},
        deadlines_s={},
    )
    with pytest.raises(
        BenchError,
        match=r"^Not everything .* by hand: The generator has not answered for [1-9]\d* s\.$",
    ):
        state.reach()
    assert seen == ["meter"]


def test_an_instrument_may_have_a_deadline_of_its_own(
    monkeypatch: pytest.MonkeyPatch, released: threading.Event
) -> None:
    monkeypatch.setattr(safe_state, "PATIENCE_S", 0.01)
    monkeypatch.setattr(safe_state, "DEADLINE_S", 0.05)
    ended: list[str] = []

    def ramp() -> None:
        time.sleep(0.5)
        ended.append("magnet")

    state = SafeState(
        {"meter": lambda: wait_for(released), "magnet": ramp}, deadlines_s={"magnet": LONG_S}
    )
    with pytest.raises(BenchError, match=r"The meter has not answered for \d+ s\.$"):
        state.reach()
    assert ended == ["magnet"]


def test_what_failed_and_only_that_is_tried_once_more(caplog: pytest.LogCaptureFixture) -> None:
    again: list[str] = []
    SafeState(
        {"generator": lambda: None, "meter": failing("The meter is mute.")},
        deadlines_s={},
        second_try=again.append,
    ).reach()
    assert again == ["meter"]
    assert "The meter is mute. It was made safe at the second try." in caplog.messages


def test_what_fails_twice_is_reported_by_its_first_problem_and_nothing_else() -> None:
    state = SafeState(
        {
            "generator": failing("The generator is mute."),
            "meter": failing("The meter is mute."),
            "magnet": failing("The magnet is mute."),
        },
        deadlines_s={},
        second_try=lambda name: None if name == "meter" else failing("Mute again.")(),
    )
    with pytest.raises(BenchError, match=r"by hand: The generator is mute\. The magnet is mute\.$"):
        state.reach()


def test_without_a_second_try_the_first_problem_stands() -> None:
    with pytest.raises(BenchError, match=r"by hand: The meter is mute\.$"):
        SafeState({"meter": failing("The meter is mute.")}, deadlines_s={}).reach()


def test_an_error_without_words_is_reported_by_its_name() -> None:
    def fail() -> None:
        raise SystemExit

    with pytest.raises(BenchError, match=r"by hand: SystemExit\(\)$"):
        SafeState({"meter": fail}, deadlines_s={}).reach()


def test_the_safe_state_is_reached_once_and_its_problems_stay() -> None:
    calls: list[str] = []
    fail = failing("The meter is mute.")

    def meter() -> None:
        calls.append("meter")
        fail()

    state = SafeState({"meter": meter}, deadlines_s={})
    for _ in range(2):
        with pytest.raises(BenchError, match=r"by hand: The meter is mute\.$"):
            state.reach()
    assert calls == ["meter"]


def test_a_computer_out_of_threads_is_no_safe_state(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    daemons: list[bool] = []

    def out_of_threads(*_: object) -> None:
        daemons.append(threading.current_thread().daemon)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(safe_state, "_Attempt", out_of_threads)
    with pytest.raises(BenchError, match=r"by hand: RuntimeError\(.can't start new thread.\)$"):
        SafeState({"meter": lambda: None}, deadlines_s={}).reach()
    assert "The safe state was not reached" in caplog.messages
    assert daemons == [True]


def test_actions_run_in_the_callers_context_in_threads_that_keep_no_process_alive() -> None:
    caller = ContextVar("caller", default="nobody")
    seen: list[tuple[str, str, bool]] = []

    def note() -> None:
        thread = threading.current_thread()
        seen.append((caller.get(), thread.name, thread.daemon))
        if len(seen) == 1:
            raise BenchError("Once more.")

    caller.set("run 7")
    SafeState({"meter": note}, deadlines_s={}, second_try=lambda _: note()).reach()
    assert seen == [("run 7", "make meter safe", True)] * 2


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_is_raised_when_every_instrument_was_made_safe() -> None:
    seen: list[str] = []

    def interrupting() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        seen.append("generator")

    state = SafeState(
        {"generator": interrupting, "meter": lambda: seen.append("meter")}, deadlines_s={}
    )
    with pytest.raises(KeyboardInterrupt):
        state.reach()
    assert seen == ["generator", "meter"]
    state.reach()


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_the_third_ctrl_c_skips_what_hangs_and_the_second_does_not(
    released: threading.Event,
) -> None:
    begun: list[str] = []
    skipping: list[bool] = []

    def interrupting_thrice() -> None:
        for _ in range(3):
            before = state._interrupted
            os.kill(os.getpid(), signal.SIGINT)
            while state._interrupted == before:
                time.sleep(0.01)
            skipping.append(state._skipping)
        released.wait()

    state = SafeState(
        {"generator": interrupting_thrice, "meter": lambda: begun.append("meter")},
        deadlines_s={"generator": LONG_S},
        second_try=lambda name: begun.append(f"{name} again"),
    )
    with pytest.raises(KeyboardInterrupt):
        state.reach()
    assert "generator again" not in begun
    while len(skipping) < 3:
        time.sleep(0.01)
    assert skipping == [False, False, True]
    with pytest.raises(BenchError, match="The generator has not answered for"):
        state.reach()


def test_the_trace_names_every_instrument_that_was_made_safe(tmp_path: Path) -> None:
    with trace_to(tmp_path / "trace.jsonl"):
        SafeState({"generator": lambda: None, "meter": lambda: None}, deadlines_s={}).reach()
    events = read_trace(tmp_path / "trace.jsonl")
    steps = [event.step for event in events if event.operation == "begin"]
    assert steps == ["make generator safe", "make meter safe"]
