"""Byte for byte: what the adapter of the 6221 and its 2182A sends and makes of the replies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.keithley import Keithley6221
from pymeasure.test import expected_protocol

from dwmtj.instruments import (
    BenchError,
    ExchangeError,
    LimitError,
    OpenJunctionError,
    load_bench_file,
    open_bench,
)
from dwmtj.instruments.adapters.keithley6221 import Keithley6221ResistanceMeter
from dwmtj.instruments.guard import by_hand
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Pair = tuple[bytes, bytes | None]

NO_ERROR = b'0,"No error"'
OFF: list[Pair] = [(b":SOUR:SWE:ABOR", None), (b":OUTP 0", None), (b":OUTP?", b"0")]
SEND, ENTER = b":SYST:COMM:SER:SEND ", b":SYST:COMM:SER:ENT?"
SETTINGS_QUERY = (
    b":SOUR:DELT:NVPR?;:OUTP?;:SOUR:DELT:HIGH?;:SOUR:DELT:LOW?;:SOUR:CURR:COMP?;"
    b":SOUR:DELT:CAB?;:SYST:ERR?"
)

SETTINGS = b"1;0;+1.000000E-04;-1.000000E-04;+5.000000E-01;1;"
ARMED: Pair = (b":SOUR:DELT:ARM?", b"1")


def voltmeter(command: bytes, value: bytes, reply: bytes) -> list[Pair]:
    return [
        (SEND + b'"' + command + b" " + value + b'"', None),
        (SEND + b'"' + command + b'?"', None),
        (ENTER, reply),
    ]


RANGE = voltmeter(b"SENS:VOLT:RANG", b"1", b"+1.000000E+00")
SET_UP: list[Pair] = [
    *OFF,
    (b"*RST", None),
    (b"*CLS", None),
    *RANGE,
    *voltmeter(b"SENS:VOLT:NPLC", b"1", b"1.00"),
    (b":UNIT:VOLT:DC V", None),
    (b":FORM:ELEM READ,TST", None),
    (b":SOUR:CURR:COMP 0.5", None),
    (b":SOUR:DELT:HIGH 1.000000e-04", None),
    (b":SOUR:DELT:LOW -1.000000e-04", None),
    (b":SOUR:DELT:DEL 0.002", None),
    (b":SOUR:DELT:COUN INF", None),
    (b":SOUR:DELT:CAB 1", None),
]


def readings(*values: bytes) -> list[Pair]:
    """A question, whether delta mode runs and the replies until three of them are new."""
    return [ARMED, *((b":SENS:DATA?", value) for value in values)]


FIRST = readings(b"0.0099,0.0", b"0.0100,0.05", b"0.0100,0.10", b"0.0100,0.15")
ARM: list[Pair] = [
    *SET_UP,
    (SETTINGS_QUERY, SETTINGS + NO_ERROR),
    (b":SOUR:DELT:ARM", None),
    (b":SOUR:DELT:ARM?", b"0"),
    ARMED,
    (b":INIT:IMM", None),
    *FIRST,
]


@contextmanager
def meter_of(*parts: Sequence[Pair]) -> Iterator[Keithley6221ResistanceMeter]:
    with expected_protocol(Keithley6221, [pair for part in parts for pair in part]) as driver:
        yield Keithley6221ResistanceMeter(driver, CountingClock(), nplc=1.0, compliance_V=0.5)


def test_a_reading_is_the_third_that_is_new_since_its_question() -> None:
    repeated = readings(
        b"0.0091,0.20", b"0.0091,0.20", b"0.0092,0.25", b"0.0093,0.30", b"0.0110,0.35"
    )
    with meter_of(ARM, repeated) as meter:
        meter.arm(100e-6)
        found = meter.read()
    assert found.voltage_V == 0.011
    assert found.current_A == 100e-6
    assert found.resistance_ohm == pytest.approx(110)


def test_a_negative_current_has_the_same_resistance() -> None:
    with meter_of(ARM, FIRST) as meter:
        meter.arm(-100e-6)
        found = meter.read()
    assert found.current_A == -100e-6
    assert found.resistance_ohm == pytest.approx(100)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (SETTINGS.replace(b"1;0;", b"0;0;"), "0 as its voltmeter"),
        (SETTINGS.replace(b"1;0;", b"1;1;"), "1 as its output where 0 was set"),
        (SETTINGS.replace(b"-1.0", b"-2.0"), "as its low current in A where"),
        (SETTINGS.replace(b"5.000000E-01", b"1.000000E+01"), "as its compliance in V where"),
        (SETTINGS.replace(b"01;1;", b"01;0;"), "0 as its compliance abort"),
    ],
)
def test_nothing_is_sourced_if_a_setting_is_not_as_it_was_set(settings: bytes, reason: str) -> None:
    with (
        meter_of(SET_UP, [(SETTINGS_QUERY, settings + NO_ERROR)] * 2) as meter,
        pytest.raises(BenchError, match=reason),
    ):
        meter.arm(100e-6)


def test_a_voltmeter_that_does_not_answer_ends_the_arming() -> None:
    asked: list[Pair] = [(SEND + b'"SENS:VOLT:RANG?"', None), (ENTER, b"")]
    with (
        meter_of(SET_UP[:5], RANGE[:1], asked * 2) as meter,
        pytest.raises(BenchError, match=r"got nothing from its 2182A.*check the RS-232 cable"),
    ):
        meter.arm(100e-6)


def test_delta_mode_that_has_ended_is_an_open_junction() -> None:
    with meter_of(ARM, [(b":SOUR:DELT:ARM?", b"0")]) as meter:
        meter.arm(100e-6)
        with pytest.raises(OpenJunctionError, match="delta mode has ended by itself"):
            meter.read()


def test_a_voltage_near_the_compliance_is_an_open_junction() -> None:
    near = readings(b"0.4,0.20", b"0.499,0.25", b"0.499,0.30", b"0.499,0.35")
    with meter_of(ARM, near) as meter:
        meter.arm(100e-6)
        with pytest.raises(OpenJunctionError, match=r"reads 0\.499 V"):
            meter.read()


@pytest.mark.parametrize("reply", [b"0.01", b"+9.9E37,0.2", b"nonsense,0.2"])
def test_what_is_no_reading_may_be_asked_for_again(reply: bytes) -> None:
    with meter_of(ARM, readings(reply)) as meter:
        meter.arm(100e-6)
        with pytest.raises(ExchangeError):
            meter.read()


@pytest.mark.parametrize("current_A", [0.2, -0.2])
def test_a_current_beyond_the_source_is_refused_and_nothing_sent(current_A: float) -> None:
    with meter_of() as meter, pytest.raises(LimitError, match=r"sources up to 0\.105 A"):
        meter.arm(current_A)


def test_a_compliance_below_its_smallest_is_refused() -> None:
    with expected_protocol(Keithley6221, []) as driver:
        meter = Keithley6221ResistanceMeter(driver, CountingClock(), nplc=1.0, compliance_V=0.05)
        with pytest.raises(LimitError, match=r"at least 0\.1 V"):
            meter.arm(100e-6)


STAYS_ON: list[Pair] = [*OFF[:2], (b":OUTP?", b"1")]


def test_an_output_that_cannot_be_switched_off_is_named() -> None:
    with meter_of(STAYS_ON * 2) as meter, pytest.raises(BenchError, match="may be on"):
        meter.make_safe()


def test_on_the_virtual_bench_an_open_junction_ends_delta_mode_and_the_guard_switches_it_off(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("6221", tmp_path)
    lab = lab_of(bench_file)
    source = next(i.core for i in lab.instruments.values() if i.model.name == "6221")
    with open_bench(bench_file) as bench:
        bench.meter.arm(-50e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(
            lab.device.resistance_ohm()[0], rel=5e-3
        )
        source.settings["compliance_V"] = 1e-3  # far below what the junction needs
        bench.clock.sleep(1.0)
        with pytest.raises(OpenJunctionError, match="delta mode has ended by itself"):
            bench.meter.read()
        source.output = True
        outcomes = {each.instrument: each for each in by_hand.make_safe(bench_file)}
        assert outcomes["resistance meter"].problem is None
        assert not source.output


def test_two_wires_are_refused(tmp_path: Path) -> None:
    other_bench("6221", tmp_path)
    text = (tmp_path / "bench.toml").read_text().replace("four_wire = true", "four_wire = false")
    (tmp_path / "bench.toml").write_text(text)
    with pytest.raises(BenchError, match="four_wire"):
        load_bench_file(tmp_path / "bench.toml")
