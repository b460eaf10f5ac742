"""What holds of every supply that ramps a coil by itself, byte for byte."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import BenchError, LimitError, open_bench
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.instruments.guard.shutdown import make_safe
from dwmtj.tests.instruments import test_ami430 as ami
from dwmtj.tests.instruments import test_lakeshore643 as lakeshore
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]


@dataclass(frozen=True)
class Ramped:
    """The exchanges of a supply: before a change, to a set point, what flows, and afterwards."""

    bench: str
    supply_of: Callable[..., AbstractContextManager[Any]]
    before: Exchange
    go: Callable[[bytes, bytes], Exchange]
    flows: Callable[..., Exchange]
    after: Exchange
    hold: bytes


SUPPLIES = {
    "643": Ramped(
        "336, 643",
        lakeshore.supply_of,
        lakeshore.UNDISTURBED,
        lakeshore.go,
        lakeshore.flows,
        lakeshore.NO_ERROR,
        b"STOP",
    ),
    "AMI 430": Ramped(
        "AMI 430, F71", ami.supply_of, ami.NO_SWITCH, ami.go, ami.flows, ami.FINE, b"PAUSE"
    ),
}


@pytest.fixture(params=SUPPLIES)
def ramped(request: pytest.FixtureRequest) -> Ramped:
    return SUPPLIES[request.param]


def test_a_current_is_set_at_the_benchs_rate_and_followed_until_it_flows(ramped: Ramped) -> None:
    reported: list[float] = []
    change = [*ramped.before, *ramped.go(b"0.0010", b"-2.0000")]
    flowing = ramped.flows(b"0.4000", b"-0.7900", b"-1.9800")
    with ramped.supply_of(change, flowing, ramped.after, report=reported.append) as supply:
        supply.ramp_to(-2.0)
    assert reported == [-2.0]


@pytest.mark.parametrize("current_A", [10.5, -10.5, float("nan")])
def test_a_current_beyond_the_limits_is_refused_and_nothing_sent(
    ramped: Ramped, current_A: float
) -> None:
    with ramped.supply_of() as supply, pytest.raises(LimitError, match=r"may get 10\.4 A"):
        supply.ramp_to(current_A)


def test_a_current_that_does_not_come_is_an_error_in_time(ramped: Ramped) -> None:
    polls = ramped.flows(*[b"1.0000"] * 108)  # 1.2 x 0.25 s + 5 s, every 0.05 s
    with (
        ramped.supply_of(ramped.before, ramped.go(b"0", b"2.0000"), polls, ramped.after) as supply,
        pytest.raises(BenchError, match="delivers 1 A where 2 A was set"),
    ):
        supply.ramp_to(2.0)


def test_a_ramp_that_is_over_is_held(ramped: Ramped) -> None:
    asked = iter([False, False, True])
    held: Exchange = [*ramped.flows(b"0.4"), (ramped.hold, None)]
    with (
        ramped.supply_of(ramped.before, ramped.go(b"0", b"2.0000"), held) as supply,
        pytest.raises(BenchError, match="is being made safe"),
    ):
        supply.ramp_to(2.0, lambda: next(asked))


def test_the_safe_state_is_zero_set_and_measured_and_may_be_asked_for_twice(
    ramped: Ramped,
) -> None:
    down = [*ramped.go(b"2.0000", b"0.0000"), *ramped.flows(b"1.6000", b"0.0100"), *ramped.after]
    again = [*ramped.go(b"0.0100", b"0.0000"), *ramped.flows(b"0.0100"), *ramped.after]
    with ramped.supply_of(down, again) as supply:
        supply.make_safe()
        supply.make_safe()


def test_a_coil_that_still_carries_current_is_not_safe(ramped: Ramped) -> None:
    polls = ramped.flows(*[b"2.0000"] * 108)
    with (
        ramped.supply_of(ramped.go(b"2.0000", b"0.0000"), polls, ramped.after) as supply,
        pytest.raises(BenchError, match="delivers 2 A where 0 A was set"),
    ):
        supply.make_safe()


def test_the_plan_of_the_guard_has_the_coil_ramped_down_by_the_supply(
    ramped: Ramped, tmp_path: Path
) -> None:
    bench_file = other_bench(ramped.bench, tmp_path)
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        plans = [p for p in plan_of(bench_file).instruments if p.name == "magnet supply"]
        (outcome,) = make_safe(plans, {})
        assert outcome.problem is None
        bench.clock.sleep(2.0)
        assert abs(bench.magnet.read_field()) < 1e-3
