"""The plan of a safe state is carried out on every instrument, whatever the others do."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from dwmtj.instruments import BenchFile
from dwmtj.instruments.guard import shutdown
from dwmtj.instruments.guard.plan import InstrumentPlan
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.instruments.guard.shutdown import Outcome, make_safe
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench


class Supply(socketserver.ThreadingTCPServer):
    """A supply at 4 A that gives one wrong reply, or obeys not at all, and what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.replies = {"OUTP?": "1", "FUNC:MODE?": "1", "CURR?": "4"}
        self.obeys = True
        self.hangs_up_after_set_points = 0
        self.received: list[str] = []
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def set_points_A(self) -> list[float]:
        return [float(text.split()[1]) for text in self.received if text.startswith("CURR ")]


class Conversation(socketserver.StreamRequestHandler):
    server: Supply

    def handle(self) -> None:
        for line in self.rfile:
            message = line.decode().strip()
            self.server.received.append(message)
            if message.startswith("CURR "):
                self.server.replies["CURR?"] = message.split()[1]
                if len(self.server.set_points_A) == self.server.hangs_up_after_set_points:
                    return
            if message == "OUTP 0" and self.server.obeys:
                self.server.replies["OUTP?"] = "0"
            if reply := self.server.replies.get(message):
                self.wfile.write(f"{reply}\n".encode())


@pytest.fixture
def supply() -> Iterator[Supply]:
    with Supply() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def plan_for(supply: Supply, virtual: BenchFile) -> InstrumentPlan:
    address = f"TCPIP::127.0.0.1::{supply.server_address[1]}::SOCKET"
    assert virtual.magnet is not None
    magnet = virtual.magnet.model_copy(update={"address": address})
    bench_file = virtual.model_copy(update={"magnet": magnet, "visa_library": "@py"})
    return next(p for p in plan_of(bench_file).instruments if p.name == "magnet supply")


def made_safe(plan: InstrumentPlan, reported_A: float | None = None) -> Outcome:
    (outcome,) = make_safe([plan], {} if reported_A is None else {plan.address: reported_A})
    return outcome


def test_a_coil_is_ramped_at_the_allowed_rate(
    supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    assert made_safe(plan_for(supply, virtual())).problem is None
    steps_A = [before - after for before, after in pairwise([4.0, *supply.set_points_A])]
    assert max(steps_A) < 0.1 / 0.0125 * 0.05 * 1.001
    assert supply.set_points_A[-1] == 0
    assert supply.received[-2:] == ["OUTP 0", "OUTP?"]


@pytest.mark.parametrize("reply", ["9.9E37", "200", "nan", "garbage", "-0.7"])
def test_a_readback_that_is_no_current_is_not_believed_but_the_last_reported_set_point(
    reply: str, supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    supply.replies["CURR?"] = reply
    outcome = made_safe(plan_for(supply, virtual()), reported_A=4.0)
    assert outcome.state == "ramped from 4 to 0, off"
    assert 3.5 < supply.set_points_A[0] < 4
    assert supply.set_points_A == sorted(supply.set_points_A, reverse=True)


@pytest.mark.parametrize("reply", ["9.9E37", "garbage"])
def test_without_a_set_point_to_start_from_the_supply_is_switched_off_and_that_is_said(
    reply: str, supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    supply.replies["CURR?"] = reply
    outcome = made_safe(plan_for(supply, virtual()))
    assert "switched off without a ramp (its set point CURR? cannot be read back)" in outcome.state
    assert outcome.problem is None
    assert not supply.set_points_A
    assert supply.replies["OUTP?"] == "0"


def test_a_ramp_that_was_interrupted_goes_on_where_it_was(
    supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    supply.hangs_up_after_set_points = 5
    assert made_safe(plan_for(supply, virtual()), reported_A=4.0).state.endswith("to 0, off")
    assert supply.set_points_A == sorted(supply.set_points_A, reverse=True)


def test_a_supply_that_is_off_is_not_ramped(
    supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    supply.replies["OUTP?"] = "0"
    assert made_safe(plan_for(supply, virtual())).state == "off"
    assert not supply.set_points_A


def test_a_supply_that_does_not_obey_is_named(
    supply: Supply, virtual: Callable[..., BenchFile]
) -> None:
    supply.obeys = False
    outcome = made_safe(plan_for(supply, virtual()))
    assert outcome.problem == "it does not reply 0 to OUTP?"


def test_a_supply_that_answers_nothing_is_switched_off_all_the_same(
    supply: Supply, virtual: Callable[..., BenchFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutdown, "TIMEOUT_MS", 100)
    supply.replies.clear()
    supply.obeys = False
    outcome = made_safe(plan_for(supply, virtual()))
    assert outcome.problem is not None
    assert "OUTP 0" in supply.received


def test_a_dead_instrument_is_named_and_the_others_are_made_safe(tcp_bench: TcpBench) -> None:
    tcp_bench.switch_on()
    addresses = dict(tcp_bench.addresses)
    tcp_bench.addresses["81160A"] = "TCPIP::127.0.0.1::9::SOCKET"
    outcomes = make_safe(plan_of(tcp_bench.file).instruments, {})
    assert [o.problem is None for o in outcomes] == [False, True, True], outcomes
    assert str(outcomes[0]).startswith("pulse generator NOT safe: Connection refused")
    tcp_bench.addresses.update(addresses)
    assert tcp_bench.outputs() == ["1", "0", "0"]


def test_an_instrument_that_hangs_is_given_up_after_its_deadline(
    monkeypatch: pytest.MonkeyPatch, virtual: Callable[..., BenchFile]
) -> None:
    release = threading.Event()
    monkeypatch.setattr(shutdown, "PATIENCE_S", 0.1)
    monkeypatch.setattr(shutdown, "_make_one_safe", lambda *_: release.wait())
    plans = [p for p in plan_of(virtual()).instruments if p.name == "resistance meter"]
    (outcome,) = make_safe(plans, {})
    assert outcome.problem == "it has not answered in time"
    release.set()


def test_relays_open_after_the_sources_are_off(virtual: Callable[..., BenchFile]) -> None:
    (switch,) = (p for p in plan_of(virtual("array")).instruments if p.name == "switch")
    assert switch.after == ("pulse generator", "resistance meter", "current source")
    outcomes = make_safe(plan_of(virtual("array")).instruments, {})
    assert [outcome.problem for outcome in outcomes] == [None] * 4
