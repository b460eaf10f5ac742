"""Byte for byte: what the adapter of a GS200 that programs a BOP sends and expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, open_bench
from dwmtj.instruments.adapters.supplies.yokogawags200 import ProgrammedCoilSupply, YokogawaGS200
from dwmtj.instruments.bench_file import built_in_benches, parse_bench_file
from dwmtj.instruments.guard import shutdown
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes | None, bytes | None]]

SETTINGS = b":OUTP?;:SOUR:FUNC?;:SOUR:RANG?;:SOUR:PROT:CURR?;:SOUR:LEV?;:SYST:ERR?"
OFF: Exchange = [(b":OUTP?", b"0")] * 2
ON: Exchange = [(b":OUTP?", b"1")]


def settings(on: bytes, level: bytes, *, function: bytes = b"VOLT") -> Exchange:
    values = on + b";" + function + b";10.000E+0;20.000E-3;" + level + b';0,"No error"'
    return [(SETTINGS, values)]


SWITCH_ON: Exchange = [
    (b"*CLS", None),
    *OFF,
    (b":SOUR:FUNC VOLT", None),
    (b":SOUR:RANG 10", None),
    (b":SOUR:PROT:CURR 0.02", None),
    (b":SOUR:LEV 0", None),
    *settings(b"0", b"+0.00000E+0"),
    (b":OUTP 1", None),
    *settings(b"1", b"+0.00000E+0"),
]


def steps(*through: bytes) -> Exchange:
    return [
        pair
        for volts in through
        for pair in ((b":SOUR:LEV " + volts, None), (b":SOUR:LEV?", volts))
    ]


@contextmanager
def supply_of(
    *parts: Exchange, report: Callable[[float], None] = lambda _: None
) -> Iterator[ProgrammedCoilSupply]:
    with expected_protocol(YokogawaGS200, [pair for part in parts for pair in part]) as driver:
        yield ProgrammedCoilSupply(
            driver, CountingClock(), A_per_V=1.2, largest_A=10.4, rate_A_per_s=9.6, report=report
        )


def test_a_current_is_programmed_in_volts_step_by_step() -> None:
    reported: list[float] = []
    ramp = [*SWITCH_ON, *steps(b"-0.4000", b"-0.8000"), *settings(b"1", b"-0.80000E+0")]
    with supply_of(ramp, report=reported.append) as supply:
        supply.ramp_to(-0.96)
    assert reported == pytest.approx([0, -0.4, -0.8])


@pytest.mark.parametrize("current_A", [10.5, -10.5, float("nan")])
def test_a_current_beyond_the_limits_is_refused_and_nothing_sent(current_A: float) -> None:
    with supply_of() as supply, pytest.raises(LimitError, match=r"may get 10\.4 A"):
        supply.ramp_to(current_A)


def test_a_current_beyond_10_V_is_refused() -> None:
    with expected_protocol(YokogawaGS200, []) as driver:
        supply = ProgrammedCoilSupply(
            driver, CountingClock(), A_per_V=1.2, largest_A=50.0, rate_A_per_s=9.6
        )
        assert supply.maximum_current_A == 12.0
        with pytest.raises(LimitError, match=r"may get 12 A"):
            supply.ramp_to(12.5)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ([(b":SOUR:LEV 0.4000", None), *[(b":SOUR:LEV?", b"0")] * 2], "holds 0 A"),
        ([*steps(b"0.4000"), *settings(b"0", b"0.4") * 2], "0 as its output where 1 was set"),
        (
            [*steps(b"0.4000"), *settings(b"1", b"0.4", function=b"CURR") * 2],
            "CURR as its function",
        ),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(after: Exchange, reason: str) -> None:
    with supply_of(SWITCH_ON, after) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(0.48)


def test_a_source_found_on_is_taken_over_at_its_voltage_and_not_switched() -> None:
    found: Exchange = [(b"*CLS", None), *ON, (b":SOUR:LEV?", b"0.4"), (b":SOUR:LEV?", b"0.4")]
    taken = [*found, *settings(b"1", b"0.4"), *steps(b"0.8000"), *settings(b"1", b"0.8")]
    with supply_of(taken) as supply:
        supply.ramp_to(0.96)


def test_a_source_found_on_as_a_current_source_is_refused() -> None:
    found: Exchange = [(b"*CLS", None), *ON, (b":SOUR:LEV?", b"0.1"), (b":SOUR:LEV?", b"0.1")]
    with (
        supply_of(found, settings(b"1", b"0.1", function=b"CURR") * 2) as supply,
        pytest.raises(BenchError, match="CURR as its function where VOLT was set"),
    ):
        supply.ramp_to(0.96)


def test_the_safe_state_is_0_V_ramped_to_and_read_back_with_the_output_on() -> None:
    up = [*SWITCH_ON, *steps(b"0.4000", b"0.8000"), *settings(b"1", b"0.8")]
    zero: Exchange = [(b":SOUR:LEV 0", None), (b":SOUR:LEV?", b"+0.00000E+0")]
    down: Exchange = [(b":SOUR:LEV 0.4000", None), (b":SOUR:LEV 0.0000", None), *zero]
    again: Exchange = [*ON, (b":SOUR:LEV?", b"0"), (b":SOUR:LEV?", b"0")]
    with supply_of(up, down, again, [(b":SOUR:LEV 0.0000", None), *zero]) as supply:
        supply.ramp_to(0.96)
        supply.make_safe()
        supply.make_safe()


def test_no_current_is_claimed_that_nobody_reads() -> None:
    with supply_of() as supply, pytest.raises(BenchError, match="none reads it back"):
        supply.read_current()


def test_a_bench_without_a_gaussmeter_is_refused_where_it_is_written() -> None:
    text = built_in_benches()["virtual-trapezoid"].read_text()
    text = text.replace('"KepcoBOP3612"', '"YokogawaGS200"\nA_per_V = 1.2')
    start, end = text.index("[magnet.gaussmeter]"), text.index("[resistance_meter]")
    with pytest.raises(BenchError, match=r"magnet programs a supply whose .*magnet\.gaussmeter"):
        parse_bench_file(text[:start] + text[end:], "bench.toml")


def test_a_bop_that_is_off_at_its_panel_is_noticed_by_the_gaussmeter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench_file = other_bench("GS200", tmp_path)
    lab = lab_of(bench_file)
    monkeypatch.setattr(lab.circuit, "feed_magnet", lambda **_: None)
    with (
        open_bench(bench_file) as bench,
        pytest.raises(BenchError, match=r"where 0\.05 T was set, and trimming is limited"),
    ):
        bench.magnet.set_field(0.05)


def test_its_guard_ramps_the_voltage_to_zero(tmp_path: Path) -> None:
    bench_file = other_bench("GS200", tmp_path)
    (plan,) = (p for p in plan_of(bench_file).instruments if p.name == "magnet supply")
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        (outcome,) = shutdown.make_safe([plan], {})
        assert outcome.problem is None
        assert outcome.done[0].startswith("ramped from 3.3")
        bench.clock.sleep(1.0)  # until the supply has followed
        assert abs(bench.magnet.read_field()) < 1e-3
