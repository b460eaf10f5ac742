"""Byte for byte: what the adapter of the lock-in sends and makes of the replies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import sqrt
from pathlib import Path

import pytest
from pymeasure.instruments.srs import SR830
from pymeasure.test import expected_protocol

from dwmtj.instruments import (
    BenchError,
    ExchangeError,
    LimitError,
    OpenJunctionError,
    open_bench,
)
from dwmtj.instruments.adapters.lock_ins.sr830 import SR830ResistanceMeter, SR830Section
from dwmtj.instruments.guard import by_hand
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.lock_in_messages import Pair, setting
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

SECTION = SR830Section(driver="SR830", address="GPIB0::8::INSTR", series_resistance_ohm=3950.0)
OFF: list[Pair] = [(b"SLVL 0.004", None), (b"SLVL?", b"0.004")]


def reading(x: bytes, y: bytes = b"0", status: bytes = b"0") -> list[Pair]:
    return [(b"LIAS?", b"0"), (b"SNAP? 1,2", x + b"," + y), (b"LIAS?", status)]


SET_UP: list[Pair] = [
    *OFF,
    *setting(b"FMOD", b"1"),
    *setting(b"FREQ", b"137"),
    *setting(b"HARM", b"1"),
    *setting(b"PHAS", b"0"),
    *setting(b"ISRC", b"1"),
    *setting(b"ICPL", b"0"),
    *setting(b"OFLT", b"7"),
    *setting(b"OFSL", b"1"),
]
# 100 µA through 4 kΩ: 0.4 V, 0.2828 V rms; then 4.1 kΩ, 0.2899 V rms.
ARMED: list[Pair] = [
    *SET_UP,
    *setting(b"SLVL", b"0.282"),
    *setting(b"SENS", b"25"),
    *reading(b"0.006878"),
    *setting(b"SLVL", b"0.288"),
    *setting(b"SENS", b"21"),
]


@contextmanager
def meter_of(*parts: Sequence[Pair]) -> Iterator[SR830ResistanceMeter]:
    with expected_protocol(SR830, [pair for part in parts for pair in part]) as driver:
        yield SR830ResistanceMeter(driver, CountingClock(), SECTION, largest_V=0.5)


def test_a_resistance_follows_from_the_voltage_in_phase_and_the_current_left_for_it() -> None:
    with meter_of(ARMED, reading(b"0.007024")) as meter:
        meter.arm(100e-6)
        found = meter.read()
    assert found.voltage_V == pytest.approx(sqrt(2) * 0.007024)
    assert found.current_A == pytest.approx(sqrt(2) * (0.288 - 0.007024) / 4000)
    assert found.resistance_ohm == pytest.approx(100, rel=1e-3)


def test_a_negative_current_has_the_same_resistance() -> None:
    with meter_of(ARMED, reading(b"0.007024")) as meter:
        meter.arm(-100e-6)
        found = meter.read()
    assert found.current_A < 0
    assert found.resistance_ohm == pytest.approx(100, rel=1e-3)


def test_a_current_whose_voltage_would_break_a_junction_that_opens_is_refused() -> None:
    with meter_of() as meter, pytest.raises(LimitError, match=r"0\.52 V on a junction that opens"):
        meter.arm(130e-6)


def test_an_open_junction_is_found_when_it_is_armed_and_the_level_goes_down() -> None:
    with (
        meter_of(ARMED[:-7], reading(b"0.281"), OFF) as meter,
        pytest.raises(OpenJunctionError, match="the junction is open"),
    ):
        meter.arm(100e-6)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (reading(b"0.007", status=b"4"), "reports 4 as its status"),
        (reading(b"0.007", y=b"0.003"), "out of phase"),
        ([(b"LIAS?", b"0"), (b"SNAP? 1,2", b"0.007")], "replied 0.007 to SNAP"),
    ],
)
def test_what_is_no_reading_may_be_asked_for_again(exchange: list[Pair], reason: str) -> None:
    with meter_of(ARMED, exchange) as meter:
        meter.arm(100e-6)
        with pytest.raises(ExchangeError, match=reason):
            meter.read()


def test_a_level_that_is_not_taken_ends_the_arming() -> None:
    stuck: list[Pair] = [(b"SLVL 0.282", None), *[(b"SLVL?", b"0.004")] * 2]
    with (
        meter_of(SET_UP, stuck) as meter,
        pytest.raises(BenchError, match=r"0\.004 as its oscillator level in V where 0\.282"),
    ):
        meter.arm(100e-6)


def test_the_safe_state_is_the_smallest_level_and_read_back() -> None:
    with meter_of(OFF, OFF) as meter:
        meter.make_safe()
        meter.make_safe()
        with pytest.raises(BenchError, match="not armed"):
            meter.read()


def test_on_the_virtual_bench_it_reads_the_junction_and_the_guard_lowers_it(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("SR830", tmp_path)
    lab = lab_of(bench_file)
    lock_in = next(i.core for i in lab.instruments.values() if i.model.name == "SR830")
    with open_bench(bench_file) as bench:
        bench.meter.arm(100e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(
            lab.device.resistance_ohm()[0], rel=5e-3
        )
        assert lab.largest.junction_current_A <= 101e-6
        outcomes = {each.instrument: each for each in by_hand.make_safe(bench_file)}
        assert outcomes["resistance meter"].problem is None
        assert lock_in.settings["SLVL"] == 0.004
