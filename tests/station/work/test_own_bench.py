"""The bench of a station that cannot be opened: a sentence, and nothing that answers stays on."""

from collections.abc import Iterator

import pytest

from dwmtj.instruments import BenchError, open_bench
from dwmtj.station import InstrumentState
from dwmtj.station.work.instrument_states import InstrumentStates
from dwmtj.station.work.own_bench import OwnBench
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, served_bench


@pytest.fixture
def served() -> Iterator[TcpBench]:
    with served_bench() as bench:
        yield bench


def own_bench(served: TcpBench) -> tuple[OwnBench, InstrumentStates, list[str]]:
    told: list[str] = []
    states = InstrumentStates(served.file, lambda: False)
    return OwnBench(served.file, None, states, lambda _, text: told.append(text)), states, told


def by_name(states: InstrumentStates, own: OwnBench) -> dict[str, InstrumentState]:
    return {each.name: each for each in states.shown(own.bench)}


def test_a_bench_of_another_owner_is_not_touched(served: TcpBench) -> None:
    own, states, told = own_bench(served)
    with open_bench(served.file) as other:
        other.meter.arm(100e-6)
        own.open()
        assert served.ask("2400", ":OUTP?") == "1"
    (problem,) = told
    assert "is open in this process already" in problem
    assert {each.state for each in by_name(states, own).values()} == {"no answer"}
    own.check()
    assert own.problem is None
    assert {each.state for each in by_name(states, own).values()} == {"ready"}
    assert "2400" in by_name(states, own)["resistance meter"].identity
    own.close()


def test_what_answers_is_made_safe_if_one_instrument_is_missing(served: TcpBench) -> None:
    served.switch_on()
    served.addresses["425"] = "TCPIP::127.0.0.1::9::SOCKET"
    own, states, told = own_bench(served)
    own.open()
    assert own.bench is None
    assert own.problem is not None and "TCPIP::127.0.0.1::9::SOCKET" in own.problem
    assert served.outputs() == ["0", "0", "0"]
    assert by_name(states, own)["magnet supply"].state == "safe"
    assert by_name(states, own)["gaussmeter"].state == "no answer"
    assert "made safe over connections of its own" in told[-1]
    with pytest.raises(BenchError, match="Nothing answers"):
        own.check()
