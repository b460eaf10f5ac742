"""Byte for byte: a voltmeter and a current source as one resistance meter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.keithley import Keithley2182, Keithley6221
from pymeasure.test import expected_protocol

from dwmtj.instruments import (
    Bench,
    BenchError,
    BenchFile,
    ExchangeError,
    LimitError,
    OpenJunctionError,
)
from dwmtj.instruments.adapters.voltmeters.keithley2000 import Keithley2000, Keithley2000Voltmeter
from dwmtj.instruments.adapters.voltmeters.keithley2182a import Keithley2182AVoltmeter
from dwmtj.instruments.adapters.voltmeters.keithley6221_source import Keithley6221CurrentSource
from dwmtj.instruments.adapters.voltmeters.sourced_meter import SourcedResistanceMeter
from dwmtj.instruments.bench_file import built_in_benches, parse_bench_file
from dwmtj.instruments.guard import by_hand
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.simulators.bench import Lab
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench

Pair = tuple[bytes, bytes | None]

NO_ERROR = b'0,"No error"'
SET_UP_2182A: list[Pair] = [
    (b"*RST", None),
    (b"*CLS", None),
    (b":SENS:FUNC 'VOLT'", None),
    (b":SENS:CHAN 1", None),
    (b":SENS:VOLT:CHAN1:RANG:AUTO 1", None),
    (b":SENS:VOLT:NPLC 1", None),
    (b":SENS:VOLT:CHAN1:LPAS:STAT 0", None),
    (b":SENS:VOLT:CHAN1:DFIL:STAT 0", None),
    (b":SENS:VOLT:CHAN1:REF:STAT 0", None),
]
SETTINGS_2182A_QUERY = (
    b":SENS:FUNC?;:SENS:CHAN?;:SENS:VOLT:CHAN1:RANG:AUTO?;:SENS:VOLT:NPLC?;"
    b":SENS:VOLT:CHAN1:LPAS:STAT?;:SENS:VOLT:CHAN1:DFIL:STAT?;:SENS:VOLT:CHAN1:REF:STAT?;:SYST:ERR?"
)

SETTINGS_2182A = b'"VOLT:DC";1;1;1.00;0;0;0;'
SET_UP_2000: list[Pair] = [
    (b"*RST", None),
    (b"*CLS", None),
    (b":SENS:FUNC 'VOLT:DC'", None),
    (b":SENS:VOLT:DC:RANG:AUTO 1", None),
    (b":SENS:VOLT:DC:NPLC 0.1", None),
    (b":SENS:VOLT:DC:AVER:STAT 0", None),
    (b":SENS:VOLT:DC:REF:STAT 0", None),
    (
        b":SENS:FUNC?;:SENS:VOLT:DC:RANG:AUTO?;:SENS:VOLT:DC:NPLC?;:SENS:VOLT:DC:AVER:STAT?;"
        b":SENS:VOLT:DC:REF:STAT?;:SYST:ERR?",
        b'"VOLT:DC";1;0.10;0;0;' + NO_ERROR,
    ),
]
SOURCE_OFF: list[Pair] = [(b":SOUR:SWE:ABOR", None), (b":OUTP 0", None), (b":OUTP?", b"0")]
SOURCED_QUERY = b":OUTP?;:SOUR:CURR?;:SOUR:CURR:COMP?;:SYST:ERR?"
SOURCED = b";+1.000000E-04;+5.000000E-01;"
CONFIRMED = b"1" + SOURCED + NO_ERROR
ON: Pair = (SOURCED_QUERY, CONFIRMED)
ARM_SOURCE: list[Pair] = [
    *SOURCE_OFF,
    (b"*RST", None),
    (b"*CLS", None),
    (b":SOUR:CURR:COMP 0.5", None),
    (b":SOUR:CURR:RANG 1.000000e-04", None),
    (b":SOUR:CURR 1.000000e-04", None),
    (SOURCED_QUERY, b"0" + SOURCED + NO_ERROR),
    (b":OUTP 1", None),
    ON,
]
FLOWS: list[Pair] = [ON, (b":STAT:MEAS:COND?", b"0")]


@contextmanager
def meter_of(voltmeter: Sequence[Pair], source: Sequence[Pair]) -> Iterator[SourcedResistanceMeter]:
    """An armed meter; the exchanges are those that follow."""
    ready = (SETTINGS_2182A_QUERY, SETTINGS_2182A + NO_ERROR)
    with (
        expected_protocol(Keithley2182, [*SET_UP_2182A, ready, *voltmeter]) as voltmeter_driver,
        expected_protocol(Keithley6221, [*ARM_SOURCE, *source]) as source_driver,
    ):
        meter = SourcedResistanceMeter(
            Keithley2182AVoltmeter(voltmeter_driver, nplc=1.0),
            Keithley6221CurrentSource(source_driver, compliance_V=0.5),
            CountingClock(),
            compliance_V=0.5,
        )
        meter.arm(100e-6)
        yield meter


def test_a_reading_is_the_voltage_over_the_current_that_is_confirmed_after_it() -> None:
    with meter_of([(b":READ?", b"+2.150000E-02")], FLOWS) as meter:
        reading = meter.read()
    assert reading.voltage_V == 0.0215
    assert reading.current_A == 100e-6
    assert reading.resistance_ohm == pytest.approx(215)


@pytest.mark.parametrize(
    ("voltage", "error", "reason"),
    [
        (b"+4.8E-01", OpenJunctionError, "as at the compliance of the source of 0.5 V"),
        (b"-2.2E-02", ExchangeError, "leads are swapped"),
    ],
)
def test_a_voltage_that_no_junction_has_is_not_believed(
    voltage: bytes, error: type[BenchError], reason: str
) -> None:
    with meter_of([(b":READ?", voltage)], FLOWS) as meter, pytest.raises(error, match=reason):
        meter.read()


@pytest.mark.parametrize(
    ("reply", "error", "reason"),
    [
        (b"+9.9E+37", OpenJunctionError, r"reports an overflow \(\+9\.9E\+37\)"),
        (b"-9.9E+37", OpenJunctionError, "reports an overflow"),
        (b"nan", OpenJunctionError, "reports an overflow"),
        (b'0,"No error"', ExchangeError, "where a voltage was expected"),
    ],
)
def test_a_reply_that_is_no_voltage_is_an_error(
    reply: bytes, error: type[BenchError], reason: str
) -> None:
    with meter_of([(b":READ?", reply)], []) as meter, pytest.raises(error, match=reason):
        meter.read()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ([(SOURCED_QUERY, b"0" + SOURCED + NO_ERROR)] * 2, "0 as its output where 1"),
        ([(SOURCED_QUERY, CONFIRMED.replace(b"E-04", b"E-05"))] * 2, "1.000000E-05 as its current"),
        ([(SOURCED_QUERY, b"1" + SOURCED + b'-113,"Undefined header"')], "Undefined header"),
        ([ON, (b":STAT:MEAS:COND?", b"8")], "is in compliance at 0.5 V"),
        ([ON, (b":STAT:MEAS:COND?", b"?")], "as its measurement condition"),
    ],
)
def test_a_reading_is_refused_unless_the_source_confirms_its_current(
    source: list[Pair], reason: str
) -> None:
    with (
        meter_of([(b":READ?", b"+2.15E-02")], source) as meter,
        pytest.raises(BenchError, match=reason),
    ):
        meter.read()


def test_the_safe_state_is_the_source_off_and_no_reading_follows_it() -> None:
    with meter_of([], SOURCE_OFF) as meter:
        meter.make_safe()
        with pytest.raises(BenchError, match="not armed"):
            meter.read()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (b'"VOLT:DC";2;1;1.00;0;0;0;', "2 as its channel"),
        (b'"VOLT:DC";1;1;1.00;0;1;0;', "1 as its digital filter"),
        (b'"VOLT:DC";1;1;1.00;0;0;1;', "1 as its relative reading"),
        (b'"TEMP";1;1;1.00;0;0;0;', "TEMP.* as its function"),
    ],
)
def test_a_setting_that_the_2182a_did_not_take_keeps_the_source_off(
    settings: bytes, reason: str
) -> None:
    refused = [(SETTINGS_2182A_QUERY, settings + NO_ERROR)] * 2
    with (
        expected_protocol(Keithley2182, [*SET_UP_2182A, *refused]) as voltmeter_driver,
        expected_protocol(Keithley6221, []) as source_driver,
        pytest.raises(BenchError, match=reason),
    ):
        SourcedResistanceMeter(
            Keithley2182AVoltmeter(voltmeter_driver, nplc=1.0),
            Keithley6221CurrentSource(source_driver, compliance_V=0.5),
            CountingClock(),
            compliance_V=0.5,
        ).arm(100e-6)


def test_a_2000_reads_dc_volts_without_filter() -> None:
    with expected_protocol(Keithley2000, [*SET_UP_2000, (b":READ?", b"+2.1E-02")]) as driver:
        voltmeter = Keithley2000Voltmeter(driver, nplc=0.1)
        voltmeter.prepare()
        assert voltmeter.read_voltage() == 0.021


@pytest.mark.parametrize(("compliance_V", "current_A"), [(0.05, 1e-4), (0.5, 0.2)])
def test_a_6221_refuses_what_it_cannot_source(compliance_V: float, current_A: float) -> None:
    with (
        expected_protocol(Keithley6221, []) as driver,
        pytest.raises(LimitError, match=r"up to 0\.105 A with a compliance of at least 0\.1 V"),
    ):
        Keithley6221CurrentSource(driver, compliance_V).arm(current_A)


@pytest.fixture(params=["2182A on 6221", "2000 on 2400"])
def bench_file(request: pytest.FixtureRequest, tmp_path: Path) -> BenchFile:
    return other_bench(request.param, tmp_path)


def test_an_open_junction_is_noticed(
    bench: Bench, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.meter.arm(100e-6)
    monkeypatch.setattr(lab.circuit, "_resistance_ohm", lambda _bias_V: 1e9)
    with pytest.raises(OpenJunctionError, match="compliance"):
        bench.meter.read()


def test_a_bench_shows_both_instruments(bench: Bench, bench_file: BenchFile) -> None:
    assert set(bench.identities()) == set(bench_file.instruments())
    assert bench.identities()["current source"] != bench.identities()["resistance meter"]
    assert "Ω at 10 µA" in bench.read_once()["resistance meter"]


def test_the_source_has_a_safe_state_of_its_own_by_hand(
    bench: Bench, bench_file: BenchFile
) -> None:
    assert "current source" in [plan.name for plan in plan_of(bench_file).instruments]
    bench.meter.arm(100e-6)
    outcomes = {outcome.instrument: outcome for outcome in by_hand.make_safe(bench_file)}
    assert outcomes["current source"].problem is None
    assert "resistance meter" not in outcomes
    with pytest.raises(BenchError):
        bench.meter.read()


def test_a_voltmeter_without_a_source_is_refused_where_it_is_written() -> None:
    text = built_in_benches()["virtual-trapezoid"].read_text()
    with pytest.raises(BenchError, match=r"resistance_meter\.current_source is missing; add it"):
        parse_bench_file(text.replace('"Keithley2400"', '"Keithley2000"'), "bench.toml")
