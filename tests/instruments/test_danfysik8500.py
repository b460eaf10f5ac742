"""Byte for byte: what the adapter of the Danfysik System 8500 sends and expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.danfysik import Danfysik8500
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, open_bench
from dwmtj.instruments.adapters.supplies.danfysik8500 import DanfysikCoilSupply
from dwmtj.instruments.guard import shutdown
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes | None, bytes | None]]

CONNECTED: Exchange = [(b"ERRT", None), (b"UNLOCK", None)]
READY: Exchange = [(b"S1H", b"400000\n")]
NEGATIVE: Exchange = [(b"S1H", b"200000\n")]
OFF: Exchange = [(b"S1H", b"C00000\n")]
NOT_READY: Exchange = [(b"S1H", b"400002\n")]
TRIPPED: Exchange = [(b"S1H", b"C04008\n")]
SWITCH_ON: Exchange = [
    (b"REM", None),
    *OFF,
    *OFF,
    (b"DA 0,0", None),
    (b"DA 0", b"0 0\n"),
    (b"N", None),
    *NOT_READY,
    *READY,
]


def steps(*through: bytes, status: Exchange = READY) -> Exchange:
    return [
        pair
        for ppm in through
        for pair in ((b"DA 0," + ppm, None), (b"DA 0", b"0 " + ppm + b"\n"), *status)
    ]


def flows(counts: bytes, polarity: bytes = b"+", status: Exchange = READY) -> Exchange:
    return [(b"AD 8", counts + b"\n"), (b"PO", polarity + b"\n"), *status]


@contextmanager
def supply_of(
    *parts: Exchange, report: Callable[[float], None] = lambda _: None
) -> Iterator[DanfysikCoilSupply]:
    exchange = [pair for part in (CONNECTED, *parts) for pair in part]
    with expected_protocol(Danfysik8500, exchange) as driver:
        yield DanfysikCoilSupply(
            driver,
            CountingClock(),
            rated_A=160.0,
            A_per_count=0.01,
            largest_A=10.4,
            rate_A_per_s=8.0,
            report=report,
        )


def test_a_current_is_ramped_in_ppm_and_read_back_at_each_step_and_in_the_end() -> None:
    reported: list[float] = []
    ramp = [*SWITCH_ON, *steps(b"2500", b"5000"), *flows(b"79")]
    with supply_of(ramp, report=reported.append) as supply:
        supply.ramp_to(0.8)
    assert reported == [0, 2500, 5000]


def test_the_polarity_changes_at_0_A_and_the_ramp_waits_until_the_supply_is_ready() -> None:
    up = [*SWITCH_ON, *steps(b"2500"), *flows(b"40")]
    turned = [(b"DA 0,-2500", None), (b"DA 0", b"0 -2500"), *NOT_READY, *NOT_READY, *NEGATIVE]
    down = [(b"DA 0", b"0 2500"), *steps(b"0"), *turned, *flows(b"40", b"-", NEGATIVE)]
    with supply_of(up, down) as supply:
        supply.ramp_to(0.4)
        supply.ramp_to(-0.4)


@pytest.mark.parametrize("current_A", [10.5, -10.5, float("nan")])
def test_a_current_beyond_the_limits_is_refused_and_nothing_sent(current_A: float) -> None:
    with supply_of() as supply, pytest.raises(LimitError, match=r"may get 10\.4 A"):
        supply.ramp_to(current_A)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ([(b"DA 0,2500", None), *[(b"DA 0", b"0 0")] * 2], "asked for 0.4 A and holds 0 A"),
        ([(b"DA 0,2500", None), *[(b"DA 0", b"2500")] * 2], "replied 2500 to DA 0"),
        (
            [(b"DA 0,2500", None), *[(b"DA 0", b"?\x07 ILLEGAL COMMAND\n")] * 2],
            "reports: Danfysik raised the error: ILLEGAL COMMAND",
        ),
        ([(b"DA 0,2500", None), (b"DA 0", b"0 2500"), *OFF], "has its main power off"),
        (
            [(b"DA 0,2500", None), (b"DA 0", b"0 2500"), *TRIPPED],
            r"sum interlock, water flow of the magnet \(status word C04008\)",
        ),
        ([*steps(b"2500"), *[(b"AD 8", b"40"), (b"PO", b"*")]], "replied . to PO"),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(after: Exchange, reason: str) -> None:
    with supply_of(SWITCH_ON, after) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(0.4)


@pytest.mark.parametrize(("counts", "polarity"), [(b"20", b"+"), (b"40", b"-"), (b"400", b"+")])
def test_another_current_than_was_set_is_an_error_after_10_s(
    counts: bytes, polarity: bytes
) -> None:
    polls: Exchange = [(b"AD 8", counts), (b"PO", polarity)] * 102  # one every 0.1 s
    with (
        supply_of(SWITCH_ON, steps(b"2500"), polls) as supply,
        pytest.raises(BenchError, match=r"where 0\.4 A was set; check the coil, and rated_A"),
    ):
        supply.ramp_to(0.4)


def test_a_supply_that_does_not_get_ready_is_an_error() -> None:
    before = SWITCH_ON[:-2]
    with (
        supply_of(before, NOT_READY * 201) as supply,
        pytest.raises(BenchError, match="not ready after 20 s"),
    ):
        supply.ramp_to(0.4)


def test_a_wait_ends_when_the_magnet_is_made_safe() -> None:
    asked = iter([False, False, True])
    with (
        supply_of(SWITCH_ON[:-2], NOT_READY, NOT_READY) as supply,
        pytest.raises(BenchError, match="is being made safe"),
    ):
        supply.ramp_to(0.4, lambda: next(asked))


def test_the_safe_state_is_0_A_and_the_main_power_off_and_may_be_asked_for_twice() -> None:
    on = [*SWITCH_ON, *steps(b"2500", b"5000"), *flows(b"80")]
    down: Exchange = [(b"DA 0,2500", None), (b"DA 0,0", None), (b"F", None), *OFF]
    again: Exchange = [*OFF, *OFF, (b"F", None), *OFF]
    with supply_of(on, down, again) as supply:
        supply.ramp_to(0.8)
        supply.make_safe()
        supply.make_safe()


def test_a_main_power_that_stays_on_is_not_safe() -> None:
    stays: Exchange = [(b"F", None), *READY] * 2
    with (
        supply_of(OFF, OFF, stays) as supply,
        pytest.raises(BenchError, match="switched off and its status word is 400000"),
    ):
        supply.make_safe()


def test_a_supply_found_on_is_taken_over_at_its_current_if_that_flows() -> None:
    found: Exchange = [(b"DA 0", b"0 2500")] * 2
    taken = [(b"REM", None), *READY, *READY, *found, (b"AD 8", b"40"), (b"PO", b"+"), *READY]
    with supply_of(taken, steps(b"5000"), flows(b"80")) as supply:
        supply.ramp_to(0.8)


def test_a_supply_found_on_with_another_current_than_its_set_point_is_left_alone() -> None:
    found: Exchange = [(b"DA 0", b"0 2500"), (b"DA 0", b"0 2500"), (b"AD 8", b"0"), (b"PO", b"+")]
    with (
        supply_of([(b"REM", None), *READY, *READY, *found]) as supply,
        pytest.raises(BenchError, match=r"0\.4 A and 0\.4 A and 0 A: ramp it to zero by hand"),
    ):
        supply.ramp_to(0.8)


def test_a_supply_identifies_itself_by_its_status_word() -> None:
    with supply_of(READY, [(b"PRINT", b"\nS/N 4711\n")]) as supply:
        assert supply.identity == "DANFYSIK,SYSTEM 8500,S/N 4711"
    with (
        supply_of([(b"S1H", b"LSCI,MODEL643")] * 2) as supply,
        pytest.raises(BenchError, match="where a status word was expected"),
    ):
        assert supply.identity


def test_its_guard_ramps_the_coil_down_and_reads_the_main_power_as_off(tmp_path: Path) -> None:
    bench_file = other_bench("Danfysik 8500", tmp_path)
    (plan,) = (p for p in plan_of(bench_file).instruments if p.name == "magnet supply")
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        (outcome,) = shutdown.make_safe([plan], {})
        assert outcome.problem is None
        ramped, *off = outcome.done
        assert ramped.startswith("ramped from 2.5") and off == ["off"]
        supply = lab_of(bench_file).instruments["ASRL6::INSTR"]
        assert int(supply.execute("S1H") or "0", 16) & 1 << 23
