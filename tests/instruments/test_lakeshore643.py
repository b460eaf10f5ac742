"""Byte for byte: what the adapter of the 643 sends and expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, open_bench
from dwmtj.instruments.adapters.supplies.lakeshore643 import LakeShore643, LakeShore643CoilSupply
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.instruments.guard.shutdown import make_safe
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

UNDISTURBED: Exchange = [(b"XPGM?", b"0"), (b"RSEG?", b"0")]
RATE: Exchange = [(b"RATE 8.0000", None), (b"RATE?", b"+8.0000")]
NO_ERROR: Exchange = [(b"ERST?", b"000,000")]


def flows(*currents: bytes) -> Exchange:
    return [(b"RDGI?", current) for current in currents]


def go(start: bytes, target: bytes) -> Exchange:
    return [*RATE, *flows(start), (b"SETI " + target, None), (b"SETI?", target)]


class CountingClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s


@contextmanager
def supply_of(
    *parts: Exchange, report: Callable[[float], None] = lambda _: None
) -> Iterator[LakeShore643CoilSupply]:
    with expected_protocol(LakeShore643, [pair for part in parts for pair in part]) as driver:
        yield LakeShore643CoilSupply(
            driver, CountingClock(), largest_A=10.4, rate_A_per_s=8.0, report=report
        )


def test_a_current_is_set_at_the_benchs_rate_and_followed_until_it_flows() -> None:
    reported: list[float] = []
    ramp = flows(b"+0.4000", b"-0.7900", b"-1.9800")
    with supply_of(
        UNDISTURBED, go(b"+0.0010", b"-2.0000"), ramp, NO_ERROR, report=reported.append
    ) as supply:
        supply.ramp_to(-2.0)
    assert reported == [-2.0]


@pytest.mark.parametrize("current_A", [10.5, -10.5, float("nan")])
def test_a_current_beyond_the_limits_is_refused_and_nothing_sent(current_A: float) -> None:
    with supply_of() as supply, pytest.raises(LimitError, match=r"may get 10\.4 A"):
        supply.ramp_to(current_A)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"XPGM?", b"1")] * 2, "replied 1 to XPGM"),
        ([UNDISTURBED[0], *[(b"RSEG?", b"1")] * 2], "ramp segments off"),
        ([*UNDISTURBED, RATE[0], *[(b"RATE?", b"+50.0000")] * 2], "50 as its ramp rate in A/s"),
        ([*UNDISTURBED, *go(b"0", b"2.0000")[:-1], *[(b"SETI?", b"0")] * 2], "0 as its set point"),
        ([*UNDISTURBED, *RATE, (b"RDGI?", b"+9.9E+37")], "where a number was expected"),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(exchange: Exchange, reason: str) -> None:
    with supply_of(exchange) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(2.0)


def test_a_current_that_does_not_come_is_an_error_in_time() -> None:
    polls = flows(*[b"+1.0000"] * 108)  # 1.2 x 0.25 s + 5 s, every 0.05 s
    with (
        supply_of(UNDISTURBED, go(b"0", b"2.0000"), polls, NO_ERROR) as supply,
        pytest.raises(BenchError, match="delivers 1 A where 2 A was set"),
    ):
        supply.ramp_to(2.0)


def test_a_fault_that_the_instrument_reports_ends_the_change() -> None:
    fault: Exchange = [(b"ERST?", b"004,000")]
    with (
        supply_of(UNDISTURBED, go(b"0", b"2.0000"), flows(b"2.0000"), fault) as supply,
        pytest.raises(BenchError, match="004,000 as its error status"),
    ):
        supply.ramp_to(2.0)


def test_a_ramp_that_is_over_is_stopped_and_held() -> None:
    asked = iter([False, False, True])
    stopped: Exchange = [(b"STOP", None)]
    with (
        supply_of(UNDISTURBED, go(b"0", b"2.0000"), flows(b"+0.4"), stopped) as supply,
        pytest.raises(BenchError, match="is being made safe"),
    ):
        supply.ramp_to(2.0, lambda: next(asked))


def test_the_safe_state_is_zero_set_and_measured_and_may_be_asked_for_twice() -> None:
    down = [*go(b"2.0000", b"0.0000"), *flows(b"1.6000", b"0.0100"), *NO_ERROR]
    again = [*go(b"0.0100", b"0.0000"), *flows(b"0.0100"), *NO_ERROR]
    with supply_of(down, again) as supply:
        supply.make_safe()
        supply.make_safe()


def test_a_coil_that_still_carries_current_is_not_safe() -> None:
    polls = flows(*[b"+2.0000"] * 108)
    with (
        supply_of(go(b"+2.0000", b"0.0000"), polls, NO_ERROR) as supply,
        pytest.raises(BenchError, match="delivers 2 A where 0 A was set"),
    ):
        supply.make_safe()


def test_the_plan_of_the_guard_has_the_coil_ramped_down_by_the_supply(tmp_path: Path) -> None:
    bench_file = other_bench("336, 643", tmp_path)
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        plans = [p for p in plan_of(bench_file).instruments if p.name == "magnet supply"]
        (outcome,) = make_safe(plans, {})
        assert outcome.problem is None
        bench.clock.sleep(2.0)
        assert abs(bench.magnet.read_field()) < 1e-3


def test_a_rate_slower_than_the_supply_can_ramp_is_refused(tmp_path: Path) -> None:
    bench_file = other_bench("336, 643", tmp_path)
    limits = bench_file.limits.model_copy(update={"field_rate_T_per_s": 1e-7})
    with pytest.raises(BenchError, match=r"ramps at 0\.0001 A/s or faster"):
        open_bench(bench_file.model_copy(update={"limits": limits}))
