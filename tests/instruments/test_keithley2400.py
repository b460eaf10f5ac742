"""Byte for byte: what the resistance meter's adapter sends and expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2400
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, BenchFile, OpenJunctionError, open_bench
from dwmtj.instruments.adapters.keithley2400 import Keithley2400ResistanceMeter
from dwmtj.instruments.errors import ExchangeError

Exchange = list[tuple[bytes, bytes | None]]

FORMAT = (b":FORMAT:ELEMENTS VOLTAGE, CURRENT, RESISTANCE, TIME, STATUS", None)
QUERY = (
    b":OUTP?;:SOUR:FUNC?;:SOUR:CURR?;:SENS:VOLT:PROT?;:SYST:RSEN?;:SENS:VOLT:NPLC?;:ROUT:TERM?;"
    b":SYST:ERR?"
)


def state(on: bool, current: bytes = b"-1.0E-04", compliance: bytes = b"0.5") -> Exchange:
    replies = [b"1" if on else b"0", b"CURR", current, compliance, b"1", b"1.00", b"REAR"]
    return [(QUERY, b";".join([*replies, b'0,"No error"']))]


SET_UP: Exchange = [
    FORMAT,
    (b":ROUT:TERM?", b"REAR"),
    (b"*RST", None),
    (b"*CLS", None),
    (b":ROUT:TERM REAR", None),
    FORMAT,
    (b":SYSTEM:RSENSE 1", None),
    (b":SOURCE:FUNCTION CURR", None),
    (b":SENSE:RESISTANCE:MODE MAN", None),
    (b":SENSE:FUNCTION:ALL", None),
    (b":SOURCE:CLEAR:AUTO 0", None),
    (b":SOURCE:CURRENT:RANGE 0.0001", None),
    (b":SOURCE:CURRENT -0.0001", None),
    (b":SENSE:VOLTAGE:RANGE 0.5", None),
    (b":SENSE:VOLTAGE:PROTECTION 0.5", None),
    (b":SENSE:VOLTAGE:RANGE:AUTO 1", None),
    (b":SENSE:VOLTAGE:NPLCYCLES 1", None),
]
ARM: Exchange = [*SET_UP, *state(on=False), (b"OUTPUT 1", None), *state(on=True)]


@contextmanager
def meter_of(exchange: Exchange) -> Iterator[Keithley2400ResistanceMeter]:
    with expected_protocol(Keithley2400, exchange) as driver:
        yield Keithley2400ResistanceMeter(driver, nplc=1, compliance_V=0.5, four_wire=True)


@pytest.fixture
def meter(request: pytest.FixtureRequest) -> Iterator[Keithley2400ResistanceMeter]:
    with meter_of(request.param) as meter:
        yield meter


def question(number: int, reply: bytes) -> Exchange:
    return [(b"*ESE %d;:READ?;*ESE?" % number, reply)]


OFF: Exchange = [(b"OUTPUT 0", None), (b":OUTP?", b"0")]
REARM: Exchange = [(b":ROUT:TERM?", b"REAR"), *ARM[len(SET_UP) :]]


@pytest.mark.parametrize("meter", [[*ARM, *OFF, *REARM, *SET_UP[1:], *REARM[1:]]], indirect=True)
def test_armed_again_for_the_same_current_after_being_off_it_is_read_back_and_not_set_up(
    meter: Keithley2400ResistanceMeter,
) -> None:
    meter.arm(-100e-6)
    meter.make_safe()
    meter.arm(-100e-6)
    meter.arm(-100e-6)  # its output is on: the reset switches it off


GOOD = b"-1.001E-02,-1.000E-04,+9.91E+37,+1.0E+00,+5.12E+02"


@pytest.mark.parametrize("meter", [[*ARM, *question(1, GOOD + b";1")]], indirect=True)
def test_a_reading_is_voltage_over_current_with_four_wires_at_the_terminals_it_was_left_at(
    meter: Keithley2400ResistanceMeter,
) -> None:
    meter.arm(-100e-6)
    assert meter.read().resistance_ohm == pytest.approx(100.1)


@pytest.mark.parametrize("status", [b"+8.0E+00", b"+6.5536E+04"])
def test_a_reading_in_compliance_is_no_resistance(status: bytes) -> None:
    reply = b"+5.0E-01,+1.2E-07,+9.91E+37,+1.0E+00," + status + b";1"
    with meter_of([*ARM, *question(1, reply)]) as meter:
        meter.arm(-100e-6)
        with pytest.raises(OpenJunctionError, match="compliance"):
            meter.read()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (GOOD + b";0", "not its answer"),
        (GOOD, "not its answer"),
        (GOOD[:20], "not its answer"),
        (b"+9.9E+37,-1.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "no number"),
        (b"+9.91E+37,-1.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "no number"),
        (b"nan,-1.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "no number"),
        (b"inf,-1.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "no number"),
        (b"-1.001E-02,-1.0E-04,+9.91E+37,+1.0E+00,+5.13E+02;1", "overflow"),
        (b"-1.001E-02,-1.0E-04,+9.91E+37,+1.0E+00,-1;1", "status word"),
        (b"+1.001E-02,-1.0E-04,+1.001E+02,+1.0E+00,+5.12E+02;1", "is not the resistance"),
        (b"-1.101E-02,-1.0E-04,+1.001E+02,+1.0E+00,+5.12E+02;1", "is not the resistance"),
        (b"-1.001E-02,-2.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "measured -0.0002 A"),
        (b"-1.001E-02,+1.0E-04,+9.91E+37,+1.0E+00,+5.12E+02;1", "measured 0.0001 A"),
    ],
)
def test_what_is_no_reading_of_this_question_is_refused_and_the_next_one_is_right(
    reply: bytes, reason: str
) -> None:
    exchange = [*ARM, *question(1, reply), *question(2, GOOD + b";2")]
    with meter_of(exchange) as meter:
        meter.arm(-100e-6)
        with pytest.raises(ExchangeError, match=reason):
            meter.read()
        assert meter.read().resistance_ohm == pytest.approx(100.1)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (state(on=False, compliance=b"20") * 2, "20 as its compliance in V where 0.5 was set"),
        (state(on=False, current=b"-1.0E-03") * 2, "-1.0E-03 as its current in A"),
        (state(on=True) * 2, "1 as its output where 0 was set"),
    ],
)
def test_the_output_stays_off_if_what_it_would_source_is_not_what_was_set(
    states: Exchange, reason: str
) -> None:
    with meter_of([*SET_UP, *states]) as meter, pytest.raises(BenchError, match=reason):
        meter.arm(-100e-6)


@pytest.mark.parametrize("meter", [[FORMAT]], indirect=True)
def test_nothing_is_read_before_the_meter_is_armed(meter: Keithley2400ResistanceMeter) -> None:
    with pytest.raises(BenchError, match="not armed"):
        meter.read()


@pytest.mark.parametrize("meter", [[FORMAT, (b"OUTPUT 0", None), (b":OUTP?", b"0")]], indirect=True)
def test_the_safe_state_is_output_off(meter: Keithley2400ResistanceMeter) -> None:
    meter.make_safe()


def test_a_meter_left_in_any_state_reads_as_the_bench_file_says(
    virtual: Callable[..., BenchFile],
) -> None:
    bench_file = virtual()
    manager = pyvisa.ResourceManager(bench_file.visa_library)
    with manager.open_resource(bench_file.resistance_meter.address) as left:
        assert isinstance(left, pyvisa.resources.MessageBasedResource)
        left.write(":TRIG:COUN 5;:SENS:VOLT:RANG 20;:FORM:ELEM CURR;:SYST:RSEN 0")
    with open_bench(bench_file) as bench:
        bench.meter.arm(100e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(100, rel=0.01)
