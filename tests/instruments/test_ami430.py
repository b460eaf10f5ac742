"""Byte for byte: what the adapter of the 430 sends and expects."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, open_bench
from dwmtj.instruments.adapters.supplies.ami430 import AMI430, AMI430CoilSupply
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.instruments.guard.shutdown import make_safe
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.instruments.test_lakeshore643 import CountingClock

Exchange = list[tuple[bytes, bytes | None]]

NO_SWITCH: Exchange = [(b"PS:INST?", b"0")]
RATE: Exchange = [
    (b"CONF:RAMP:RATE:UNITS 0", None),
    (b"RAMP:RATE:UNITS?", b"0"),
    (b"CONF:RAMP:RATE:SEG 1", None),
    (b"RAMP:RATE:SEG?", b"1"),
    (b"CONF:RAMP:RATE:CURR 1,8.0000,80.0000", None),
    (b"RAMP:RATE:CURR:1?", b"8.0000,80.0000"),
]
FINE: Exchange = [(b"QU?", b"0"), (b"SYST:ERR?", b'0,"No errors"')]


def flows(*currents: bytes) -> Exchange:
    return [(b"CURR:MAG?", current) for current in currents]


def go(start: bytes, target: bytes) -> Exchange:
    set_point = [(b"CONF:CURR:TARG " + target, None), (b"CURR:TARG?", target), (b"RAMP", None)]
    return [*RATE, *flows(start), *set_point]


@contextmanager
def supply_of(
    *parts: Sequence[tuple[bytes, bytes | None]], report: Callable[[float], None] = lambda _: None
) -> Iterator[AMI430CoilSupply]:
    with expected_protocol(AMI430, [pair for part in parts for pair in part]) as driver:
        yield AMI430CoilSupply(
            driver,
            CountingClock(),
            rated_A=80.0,
            largest_A=10.4,
            rate_A_per_s=8.0,
            report=report,
        )


def test_a_current_is_set_at_the_benchs_rate_and_followed_until_it_flows() -> None:
    reported: list[float] = []
    ramp = flows(b"0.4000", b"-0.7900", b"-1.9800")
    with supply_of(
        NO_SWITCH, go(b"0.0010", b"-2.0000"), ramp, FINE, report=reported.append
    ) as supply:
        supply.ramp_to(-2.0)
    assert reported == [-2.0]


def test_a_line_of_the_welcome_before_the_identity_is_passed_over() -> None:
    identity = b"AMERICAN MAGNETICS INC.,MODEL 430,1337,3.11"
    with supply_of([(b"*IDN?", b"Hello."), (b"*IDN?", identity)]) as supply:
        assert supply.identity == identity.decode()


@pytest.mark.parametrize("current_A", [10.5, -10.5, float("nan")])
def test_a_current_beyond_the_limits_is_refused_and_nothing_sent(current_A: float) -> None:
    with supply_of() as supply, pytest.raises(LimitError, match=r"may get 10\.4 A"):
        supply.ramp_to(current_A)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"PS:INST?", b"1")] * 2, "has a persistent switch"),
        ([*NO_SWITCH, RATE[0], *[(b"RAMP:RATE:UNITS?", b"1")] * 2], "replied 1 to RAMP:RATE:UNITS"),
        ([*NO_SWITCH, *RATE[:3], *[(b"RAMP:RATE:SEG?", b"3")] * 2], "replied 3 to RAMP:RATE:SEG"),
        (
            [*NO_SWITCH, *RATE[:5], *[(b"RAMP:RATE:CURR:1?", b"50.0,80.0")] * 2],
            "50 A/s as its ramp rate where 8 was set",
        ),
        (
            [*NO_SWITCH, *go(b"0", b"2.0000")[:-2], *[(b"CURR:TARG?", b"0")] * 2],
            "0 as its target current",
        ),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(exchange: Exchange, reason: str) -> None:
    with supply_of(exchange) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(2.0)


def test_a_quench_ends_the_change_and_says_so() -> None:
    quenched: Exchange = [(b"QU?", b"1")]
    with (
        supply_of(NO_SWITCH, go(b"0", b"2.0000"), flows(b"2.0000"), quenched) as supply,
        pytest.raises(BenchError, match="the coil has quenched"),
    ):
        supply.ramp_to(2.0)


def test_a_current_that_does_not_come_is_an_error_in_time() -> None:
    polls = flows(*[b"1.0000"] * 108)  # 1.2 x 0.25 s + 5 s, every 0.05 s
    with (
        supply_of(NO_SWITCH, go(b"0", b"2.0000"), polls, FINE) as supply,
        pytest.raises(BenchError, match="delivers 1 A where 2 A was set"),
    ):
        supply.ramp_to(2.0)


def test_a_ramp_that_is_over_is_paused() -> None:
    asked = iter([False, False, True])
    paused: Exchange = [(b"PAUSE", None)]
    with (
        supply_of(NO_SWITCH, go(b"0", b"2.0000"), flows(b"0.4"), paused) as supply,
        pytest.raises(BenchError, match="is being made safe"),
    ):
        supply.ramp_to(2.0, lambda: next(asked))


def test_the_safe_state_is_zero_set_and_measured_and_may_be_asked_for_twice() -> None:
    down = [*go(b"2.0000", b"0.0000"), *flows(b"1.6000", b"0.0100"), *FINE]
    again = [*go(b"0.0100", b"0.0000"), *flows(b"0.0100"), *FINE]
    with supply_of(down, again) as supply:
        supply.make_safe()
        supply.make_safe()


def test_the_plan_of_the_guard_has_the_coil_ramped_down_by_the_supply(tmp_path: Path) -> None:
    bench_file = other_bench("AMI 430", tmp_path)
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        plans = [p for p in plan_of(bench_file).instruments if p.name == "magnet supply"]
        (outcome,) = make_safe(plans, {})
        assert outcome.problem is None
        bench.clock.sleep(2.0)
        assert abs(bench.magnet.read_field()) < 1e-3
