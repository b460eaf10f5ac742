"""Byte for byte: what the adapter of a channel of a 2600B sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, OpenJunctionError, open_bench
from dwmtj.instruments.adapters.keithley2600 import Keithley2600ResistanceMeter
from dwmtj.instruments.adapters.tsp import TspInstrument
from dwmtj.instruments.errors import ExchangeError
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

QUERY = (
    b"print(smub.source.output,smub.source.func,smub.source.leveli,smub.source.limitv,smub.sense,"
    b"smub.measure.nplc,format.asciiprecision,errorqueue.count)"
)


def state(
    on: bool,
    current: bytes = b"-1.040000000e-05",
    limit: bytes = b"5.000000000e-01",
    function: bytes = b"0.000000000e+00",
    errors: bytes = b"0.000000000e+00",
) -> Exchange:
    output = b"1.000000000e+00" if on else b"0.000000000e+00"
    one, ten = b"1.000000000e+00", b"1.000000000e+01"
    return [(QUERY, b"\t".join([output, function, current, limit, one, one, ten, errors]))]


SET_UP: Exchange = [
    (b"smub.reset()", None),
    (b"errorqueue.clear()", None),
    (b"format.asciiprecision=10", None),
    (b"smub.source.func=0", None),
    (b"smub.sense=1", None),
    (b"smub.source.rangei=1.040000e-05", None),
    (b"smub.source.leveli=-1.040000e-05", None),
    (b"smub.source.limitv=5.000000e-01", None),
    (b"smub.measure.autorangev=1", None),
    (b"smub.measure.nplc=1", None),
]
ON: Exchange = [*state(on=False), (b"smub.source.output=1", None), *state(on=True)]
ARM: Exchange = [*SET_UP, *ON]
OFF: Exchange = [
    (b"smub.source.output=0", None),
    (b"print(smub.source.output)", b"0.000000000e+00"),
]


def question(number: int, reply: bytes) -> Exchange:
    values = b"print(%d,i,v,smub.source.compliance,smub.source.output)" % number
    return [(b"local i,v=smub.measure.iv();" + values, reply)]


def reply(
    number: int = 1,
    current: bytes = b"-1.0401e-05",
    voltage: bytes = b"-1.0410e-03",
    compliance: bytes = b"false",
    output: bytes = b"1.0e+00",
) -> bytes:
    return b"\t".join([b"%de+00" % number, current, voltage, compliance, output])


@contextmanager
def meter_of(exchange: Exchange) -> Iterator[Keithley2600ResistanceMeter]:
    with expected_protocol(TspInstrument, exchange) as driver:
        yield Keithley2600ResistanceMeter(driver, "b", nplc=1, compliance_V=0.5, four_wire=True)


def test_a_reading_is_voltage_over_current_on_the_channel_of_the_bench_file() -> None:
    with meter_of([*ARM, *question(1, reply())]) as meter:
        meter.arm(-10.4e-6)
        reading = meter.read()
    assert reading.current_A == -1.0401e-5
    assert reading.resistance_ohm == pytest.approx(100.09, rel=1e-4)


def test_armed_again_after_being_off_it_is_read_back_and_not_set_up() -> None:
    with meter_of([*ARM, *OFF, *ON]) as meter:
        meter.arm(-10.4e-6)
        meter.make_safe()
        meter.arm(-10.4e-6)


@pytest.mark.parametrize("voltage", [b"-5.0e-01", b"9.91000e+37"])
def test_a_reading_in_compliance_is_no_resistance(voltage: bytes) -> None:
    answer = reply(current=b"-1.0e-09", voltage=voltage, compliance=b"true")
    with meter_of([*ARM, *question(1, answer)]) as meter:
        meter.arm(-10.4e-6)
        with pytest.raises(OpenJunctionError, match=r"in compliance at 0\.5 V"):
            meter.read()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(number=2), "not its answer"),
        (b"1.0e+00\t-1.04e-05\t-1.04e-03\tfalse", "not its answer"),
        (b"-1.04e-05", "not its answer"),
        (reply(output=b"0.0e+00"), "its output is off"),
        (reply(compliance=b"nil"), "cannot be read"),
        (reply(voltage=b"9.91000e+37"), "where a number was expected"),
        (reply(voltage=b"nan"), "where a number was expected"),
        (reply(current=b"9.91000e+37"), "where a number was expected"),
        (reply(current=b"1.04e-05"), r"measured 1\.04e-05 A where it sources -1\.04e-05 A"),
    ],
)
def test_what_is_no_reading_of_this_question_is_refused_and_the_next_one_is_right(
    answer: bytes, reason: str
) -> None:
    with meter_of([*ARM, *question(1, answer), *question(2, reply(number=2))]) as meter:
        meter.arm(-10.4e-6)
        with pytest.raises(ExchangeError, match=reason):
            meter.read()
        assert meter.read().resistance_ohm == pytest.approx(100.09, rel=1e-4)


NEXT_ERROR = b"print(errorqueue.next())"
REPORTED: Exchange = [
    (NEXT_ERROR, b"5.007000000e+03\tOperation cannot be performed\t2.0e+01\t1.0e+00"),
    (NEXT_ERROR, b"0.000000000e+00\tQueue Is Empty\t0.0e+00\t0.0e+00"),
]


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (state(on=False, limit=b"2.0e+01") * 2, r"2\.0e\+01 as its compliance in V where 0\.5"),
        (state(on=False, current=b"-1.0e-05") * 2, "as its current in A"),
        (state(on=False, function=b"1.0e+00") * 2, r"as its source \(0 for current\)"),
        (state(on=True) * 2, "as its output where 0"),
        ([*state(on=False, errors=b"1.0e+00"), *REPORTED], "5007 Operation cannot be performed"),
    ],
)
def test_the_output_stays_off_if_what_it_would_source_is_not_what_was_set(
    states: Exchange, reason: str
) -> None:
    with meter_of([*SET_UP, *states]) as meter, pytest.raises(BenchError, match=reason):
        meter.arm(-10.4e-6)


def test_the_error_queue_is_emptied_and_named() -> None:
    with meter_of(REPORTED) as meter, pytest.raises(BenchError, match="an error: 5007 Operation"):
        meter.check()


STAYS_ON: Exchange = [OFF[0], (OFF[1][0], b"1.000000000e+00")]
HIGH_Z: Exchange = [OFF[0], (OFF[1][0], b"2.000000000e+00")]


@pytest.mark.parametrize("exchange", [STAYS_ON * 2, HIGH_Z * 2, [OFF[0], (OFF[1][0], b"nil")] * 2])
def test_an_output_that_is_not_read_as_off_is_named(exchange: Exchange) -> None:
    with meter_of(exchange) as meter, pytest.raises(BenchError, match="its output may be on"):
        meter.make_safe()


def test_on_the_virtual_bench_an_open_junction_is_found_and_a_wrong_line_reported(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("2601B, 33622A", tmp_path)
    limits = bench_file.limits.model_copy(update={"read_voltage_V": 0.02, "read_current_A": 1e-3})
    with open_bench(bench_file.model_copy(update={"limits": limits})) as bench:
        bench.meter.arm(1e-3)  # 0.1 V
        with pytest.raises(OpenJunctionError, match="in compliance"):
            bench.meter.read()
        bench.meter.inner._driver.write("smub.source.output=0")  # type: ignore[attr-defined]
        with pytest.raises(BenchError, match=r"-286 TSP Runtime error"):
            bench.meter.check()
