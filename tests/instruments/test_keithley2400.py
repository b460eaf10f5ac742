"""Byte for byte: what the resistance meter's adapter sends and expects."""

from collections.abc import Callable, Iterator

import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2400
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, BenchFile, open_bench
from dwmtj.instruments.adapters.keithley2400 import Keithley2400ResistanceMeter

FORMAT = (b":FORMAT:ELEMENTS VOLTAGE, CURRENT, RESISTANCE, TIME, STATUS", None)
ARM = [
    FORMAT,
    (b"*RST", None),
    (b"*CLS", None),
    FORMAT,
    (b":SYSTEM:RSENSE 1", None),
    (b":SOURCE:FUNCTION CURR", None),
    (b":SENSE:RESISTANCE:MODE MAN", None),
    (b":SENSE:FUNCTION:ALL", None),
    (b":SOURCE:CLEAR:AUTO 0", None),
    (b":SOURCE:CURRENT:RANGE 0.0001", None),
    (b":SOURCE:CURRENT -0.0001", None),
    (b":SENSE:VOLTAGE:PROTECTION 0.5", None),
    (b":SENSE:VOLTAGE:RANGE:AUTO 1", None),
    (b":SENSE:VOLTAGE:NPLCYCLES 1", None),
    (b"OUTPUT 1", None),
    (b"SYST:ERR?", b'0,"No error"'),
]


@pytest.fixture
def meter(request: pytest.FixtureRequest) -> Iterator[Keithley2400ResistanceMeter]:
    with expected_protocol(Keithley2400, request.param) as driver:
        yield Keithley2400ResistanceMeter(driver, nplc=1, compliance_V=0.5, four_wire=True)


def reading(reply: bytes) -> list[tuple[bytes, bytes | None]]:
    return [*ARM, (b":READ?", reply)]


@pytest.mark.parametrize(
    "meter", [reading(b"-1.001E-02,-1.000E-04,+9.91E+37,+1.0E+00,+5.12E+02")], indirect=True
)
def test_a_reading_is_voltage_over_current_with_four_wires(
    meter: Keithley2400ResistanceMeter,
) -> None:
    meter.arm(-100e-6)
    assert meter.read().resistance_ohm == pytest.approx(100.1)


@pytest.mark.parametrize(
    "meter", [reading(b"+5.0E-01,+1.2E-07,+9.91E+37,+1.0E+00,+8.0E+00")], indirect=True
)
def test_a_reading_in_compliance_is_no_resistance(meter: Keithley2400ResistanceMeter) -> None:
    meter.arm(-100e-6)
    with pytest.raises(BenchError, match="compliance"):
        meter.read()


@pytest.mark.parametrize("meter", [[FORMAT]], indirect=True)
def test_nothing_is_read_before_the_meter_is_armed(meter: Keithley2400ResistanceMeter) -> None:
    with pytest.raises(BenchError, match="not armed"):
        meter.read()


@pytest.mark.parametrize("meter", [[FORMAT, (b"OUTPUT 0", None)]], indirect=True)
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
