"""Byte for byte: what the adapter of the SR860 sends, where it differs from that of the SR830."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import sqrt
from pathlib import Path

import pytest
from pymeasure.instruments.srs import SR860
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, ExchangeError, LimitError, OpenJunctionError, open_bench
from dwmtj.instruments.adapters.lock_ins.sr860 import SR860ResistanceMeter, SR860Section
from dwmtj.instruments.guard import by_hand
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.lock_in_messages import Pair, setting
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

SECTION = SR860Section(driver="SR860", address="GPIB0::8::INSTR", series_resistance_ohm=3950.0)
OFF: list[Pair] = [(b"SLVL 1e-09", None), (b"SLVL?", b"1.000000000e-09")]
NO_DC = setting(b"SOFF", b"0")


def ranges(input_range: bytes, scale: bytes) -> list[Pair]:
    return [*setting(b"IRNG", input_range), *setting(b"SCAL", scale)]


def reading(x: bytes, y: bytes = b"0", status: bytes = b"0") -> list[Pair]:
    return [(b"LIAS?", b"0"), (b"SNAP? 0,1", x + b"," + y), (b"LIAS?", status)]


SET_UP: list[Pair] = [
    *OFF,
    *NO_DC,
    *setting(b"RSRC", b"0"),
    *setting(b"FREQ", b"137"),
    *setting(b"HARM", b"1"),
    *setting(b"PHAS", b"0"),
    *setting(b"IVMD", b"0"),
    *setting(b"ISRC", b"1"),
    *setting(b"ICPL", b"0"),
    *setting(b"OFLT", b"9"),
    *setting(b"OFSL", b"1"),
    *setting(b"ADVFILT", b"0"),
    *setting(b"SYNC", b"0"),
]
# 100 µA through 4 kΩ: 0.4 V, 0.2828 V rms; then 4.1 kΩ, 0.2899 V rms.
ARMED: list[Pair] = [
    *SET_UP,
    *setting(b"SLVL", b"0.282"),
    *ranges(b"0", b"1"),
    *reading(b"0.006878"),
    *setting(b"SLVL", b"0.289"),
    *ranges(b"3", b"5"),
]


@contextmanager
def meter_of(*parts: Sequence[Pair]) -> Iterator[SR860ResistanceMeter]:
    with expected_protocol(SR860, [pair for part in parts for pair in part]) as driver:
        yield SR860ResistanceMeter(driver, CountingClock(), SECTION, largest_V=0.5)


def test_a_resistance_follows_from_the_voltage_in_phase_and_the_current_left_for_it() -> None:
    with meter_of(ARMED, reading(b"0.007049")) as meter:
        meter.arm(100e-6)
        found = meter.read()
    assert found.voltage_V == pytest.approx(sqrt(2) * 0.007049)
    assert found.current_A == pytest.approx(sqrt(2) * (0.289 - 0.007049) / 4000)
    assert found.resistance_ohm == pytest.approx(100, rel=1e-3)


def test_a_current_whose_voltage_would_break_a_junction_that_opens_is_refused() -> None:
    with meter_of() as meter, pytest.raises(LimitError, match=r"0\.52 V on a junction that opens"):
        meter.arm(130e-6)


def test_a_dc_level_that_stays_ends_the_arming() -> None:
    stays: list[Pair] = [(b"SOFF 0", None), *[(b"SOFF?", b"1.5")] * 2]
    with meter_of(OFF, stays) as meter, pytest.raises(BenchError, match=r"1\.5 as its SOFF where"):
        meter.arm(100e-6)


def test_an_open_junction_is_found_when_it_is_armed_and_the_level_goes_down() -> None:
    with (
        meter_of(ARMED[:-9], reading(b"0.281"), OFF, NO_DC) as meter,
        pytest.raises(OpenJunctionError, match="the junction is open"),
    ):
        meter.arm(100e-6)


@pytest.mark.parametrize("status", [b"16", b"1", b"64"])
def test_a_reading_beyond_a_range_may_be_asked_for_again(status: bytes) -> None:
    with meter_of(ARMED, reading(b"0.007", status=status)) as meter:
        meter.arm(100e-6)
        with pytest.raises(ExchangeError, match="its status: an overload"):
            meter.read()


def test_the_safe_state_is_the_smallest_level_without_a_dc_level_and_read_back() -> None:
    with meter_of(OFF, NO_DC, OFF, NO_DC) as meter:
        meter.make_safe()
        meter.make_safe()


def test_on_the_virtual_bench_it_reads_the_junction_and_the_guard_lowers_it(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("SR860", tmp_path)
    lab = lab_of(bench_file)
    lock_in = next(i.core for i in lab.instruments.values() if i.model.name == "SR860")
    with open_bench(bench_file) as bench:
        bench.meter.arm(100e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(
            lab.device.resistance_ohm()[0], rel=5e-3
        )
        assert lab.largest.junction_current_A <= 101e-6
        lock_in.settings["SOFF"] = 1.0
        outcomes = {each.instrument: each for each in by_hand.make_safe(bench_file)}
        assert outcomes["resistance meter"].problem is None
        assert lock_in.settings["SLVL"] == 1e-9
        assert lock_in.settings["SOFF"] == 0


def test_pymeasures_own_driver_reads_the_virtual_junction(tmp_path: Path) -> None:
    bench_file = other_bench("SR860", tmp_path)
    lab = lab_of(bench_file)
    assert bench_file.resistance_meter is not None
    lock_in = SR860(bench_file.resistance_meter.address, visa_library=bench_file.visa_library)
    lock_in.frequency = 137
    lock_in.sine_voltage = 0.2
    lock_in.input_voltage_mode = "A-B"
    lock_in.time_constant = 30e-3
    ratio = lock_in.x / lock_in.sine_voltage
    resistance_ohm = 4050 * ratio / (1 - ratio)
    assert resistance_ohm == pytest.approx(lab.device.resistance_ohm()[0], rel=5e-3)
    lock_in.adapter.close()
