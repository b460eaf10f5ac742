"""Byte for byte: what the adapter of the 2450 and 2460 sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.keithley import Keithley2450
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, OpenJunctionError, open_bench
from dwmtj.instruments.adapters.keithley2450 import Keithley2450ResistanceMeter
from dwmtj.instruments.errors import ExchangeError
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes, bytes | None]]

QUERY = (
    b"*LANG?;:OUTP?;:SOUR:FUNC?;:SENS:FUNC?;:SOUR:CURR?;:SOUR:CURR:VLIM?;:SOUR:CURR:READ:BACK?;"
    b":SENS:VOLT:RSEN?;:SENS:VOLT:NPLC?;:ROUT:TERM?;:SYST:ERR?"
)

NO_ERROR = b'0,"No error;0;0 2024/01/31 10:00:00.000"'


def state(
    on: bool,
    language: bytes = b"SCPI",
    current: bytes = b"-0.0001",
    limit: bytes = b"0.5",
    wires: bytes = b"1",
    error: bytes = NO_ERROR,
) -> Exchange:
    output = b"1" if on else b"0"
    settings = [output, b"CURR", b'"VOLT:DC"', current, limit, b"1", wires, b"1", b"REAR", error]
    return [(QUERY, b";".join([language, *settings]))]


SET_UP: Exchange = [
    (b"*RST", None),
    (b"*CLS", None),
    (b":ROUT:TERM REAR", None),
    (b":SOUR:FUNC CURR", None),
    (b':SENS:FUNC "VOLT"', None),
    (b":SENS:VOLT:RSEN 1", None),
    (b":SENS:VOLT:RANG:AUTO 1", None),
    (b":SENS:VOLT:NPLC 1", None),
    (b":SOUR:CURR:RANG:AUTO 0;:SOUR:CURR:RANG 0.0001", None),
    (b":SOUR:CURR:LEV -0.0001", None),
    (b":SOUR:CURR:VLIM 0.5", None),
    (b":SOUR:CURR:READ:BACK 1", None),
]
TERMINALS: Exchange = [(b":ROUT:TERM?", b"REAR")]
ON: Exchange = [*state(on=False), (b"OUTPUT ON", None), *state(on=True)]
ARM: Exchange = [*TERMINALS, *SET_UP, *ON]
OFF: Exchange = [(b"OUTPUT OFF", None), (b":OUTP?", b"0")]


def question(number: int, reply: bytes) -> Exchange:
    read = b':READ? "defbuffer1",SOUR,READ;:SOUR:CURR:VLIM:TRIP?;:OUTP?'
    return [(b"*ESE %d;" % number + read + b";*ESE?", reply)]


@contextmanager
def meter_of(exchange: Exchange) -> Iterator[Keithley2450ResistanceMeter]:
    with expected_protocol(Keithley2450, exchange) as driver:
        yield Keithley2450ResistanceMeter(driver, nplc=1, compliance_V=0.5, four_wire=True)


def test_a_reading_is_the_voltage_over_the_current_that_was_read_back_with_it() -> None:
    with meter_of([*ARM, *question(1, b"-1.000E-04,-1.001E-02;0;1;1")]) as meter:
        meter.arm(-100e-6)
        reading = meter.read()
    assert reading.current_A == -1e-4
    assert reading.resistance_ohm == pytest.approx(100.1)


def test_armed_again_after_being_off_it_is_read_back_and_not_set_up() -> None:
    with meter_of([*ARM, *OFF, *TERMINALS, *ON, *ARM]) as meter:
        meter.arm(-100e-6)
        meter.make_safe()
        meter.arm(-100e-6)
        meter.arm(-100e-6)  # its output is on: the reset switches it off


@pytest.mark.parametrize("voltage", [b"-5.0E-01", b"-9.9E+37"])
def test_a_reading_at_the_voltage_limit_is_no_resistance(voltage: bytes) -> None:
    reply = b"-1.2E-07," + voltage + b";1;1;1"
    with meter_of([*ARM, *question(1, reply)]) as meter:
        meter.arm(-100e-6)
        with pytest.raises(OpenJunctionError, match=r"in compliance at 0\.5 V"):
            meter.read()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"-1.000E-04,-1.001E-02;0;1;0", "not its answer"),
        (b"-1.000E-04,-1.001E-02;0;1", "not its answer"),
        (b"-1.000E-04,-1.001E-02", "not its answer"),
        (b"-1.000E-04,-1.001E-02;0;0;1", "its output is off"),
        (b"-1.000E-04,-1.001E-02;;1;1", "cannot be read"),
        (b"-1.001E-02;0;1;1", "instead of 2 numbers"),
        (b"-1.000E-04,-9.9E+37;0;1;1", "where a number was expected"),
        (b"-1.000E-04,nan;0;1;1", "where a number was expected"),
        (b"-9.9E+37,-1.001E-02;0;1;1", "where a number was expected"),
        (b"+1.000E-04,-1.001E-02;0;1;1", r"measured 0\.0001 A where it sources -0\.0001 A"),
        (b"-2.000E-04,-1.001E-02;0;1;1", r"measured -0\.0002 A"),
    ],
)
def test_what_is_no_reading_of_this_question_is_refused_and_the_next_one_is_right(
    reply: bytes, reason: str
) -> None:
    good = question(2, b"-1.000E-04,-1.001E-02;0;1;2")
    with meter_of([*ARM, *question(1, reply), *good]) as meter:
        meter.arm(-100e-6)
        with pytest.raises(ExchangeError, match=reason):
            meter.read()
        assert meter.read().resistance_ohm == pytest.approx(100.1)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (state(on=False, language=b"SCPI2400") * 2, "SCPI2400 as its command set where SCPI was"),
        (state(on=False, limit=b"21") * 2, r"21 as its compliance in V where 0\.5 was set"),
        (state(on=False, current=b"-1.0E-03") * 2, "as its current in A"),
        (state(on=False, wires=b"0") * 2, "0 as its four-wire sensing"),
        (state(on=True) * 2, "1 as its output where 0 was set"),
        (state(on=False, error=b'-222,"Parameter data out of range;1;2"'), "-222 Parameter data"),
    ],
)
def test_the_output_stays_off_if_what_it_would_source_is_not_what_was_set(
    states: Exchange, reason: str
) -> None:
    exchange = [*TERMINALS, *SET_UP, *states]
    with meter_of(exchange) as meter, pytest.raises(BenchError, match=reason):
        meter.arm(-100e-6)


def test_nothing_is_read_before_the_meter_is_armed() -> None:
    with meter_of([]) as meter, pytest.raises(BenchError, match="not armed"):
        meter.read()


STAYS_ON: Exchange = [(b"OUTPUT OFF", None), (b":OUTP?", b"1")]


def test_an_output_that_cannot_be_switched_off_is_named() -> None:
    with meter_of([*STAYS_ON, *STAYS_ON]) as meter, pytest.raises(BenchError, match="may be on"):
        meter.make_safe()


def test_an_open_junction_of_the_virtual_bench_is_found_by_its_voltage_limit(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("2450, BOP 20-20, 475", tmp_path)
    limits = bench_file.limits.model_copy(update={"read_voltage_V": 0.02, "read_current_A": 1e-3})
    lab = lab_of(bench_file)
    with open_bench(bench_file.model_copy(update={"limits": limits})) as bench:
        bench.meter.arm(150e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(
            lab.device.resistance_ohm()[0], rel=5e-3
        )
        bench.meter.arm(1e-3)  # 0.1 V
        with pytest.raises(OpenJunctionError, match="in compliance"):
            bench.meter.read()
