"""The virtual source-meter: limits, ranges, ohms, noise, triggers."""

import numpy as np
import pytest

from dwmtj.simulators.bench.lab import Lab
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.bench.scpi.instrument import Instrument

CURRENT = (
    "*RST;:SYST:RSEN ON;:SOUR:FUNC CURR;:SOUR:CURR 100UA;:SENS:FUNC 'VOLT','RES'"
    ";:SENS:RES:MODE MAN;:SENS:VOLT:PROT 0.5"
)


@pytest.fixture
def lab() -> Lab:
    return Lab(read_lab_file("trapezoid"))


@pytest.fixture
def meter(lab: Lab) -> Instrument:
    meter = lab.instruments["GPIB0::24::INSTR"]
    meter.execute(CURRENT)
    return meter


def read(meter: Instrument) -> list[float]:
    return [float(value) for value in (meter.execute(":OUTP ON;:READ?") or "").split(",")]


def error(meter: Instrument) -> int:
    return int(meter.next_error().split(",")[0])


def test_sourcing_voltage_measures_current(meter: Instrument) -> None:
    meter.execute(":SENS:FUNC:OFF:ALL;:SENS:FUNC 'CURR';:SOUR:FUNC VOLT;:SOUR:VOLT 10MV")
    meter.execute(":SENS:CURR:PROT 1MA")
    voltage, current, resistance, _, status = read(meter)
    assert voltage == pytest.approx(0.01, abs=1e-5)
    assert current == pytest.approx(100e-6, rel=0.05)
    assert resistance == 9.91e37
    assert int(status) & (1 << 14 | 1 << 12 | 1 << 21)


def test_a_fixed_range_holds_the_source_back_at_105_percent(meter: Instrument) -> None:
    meter.execute(":SENS:VOLT:RANG 0.2;:SENS:VOLT:PROT 21;:SOUR:CURR 4E-3")
    voltage, current, _, _, status = read(meter)
    assert voltage == pytest.approx(0.211, abs=1e-4)
    assert current < 3e-3
    assert int(status) & 1 << 16
    assert not int(status) & 1 << 3


def test_compliance_protects_the_junction_and_too_much_current_does_not(
    lab: Lab, meter: Instrument
) -> None:
    meter.execute(":SOUR:CURR 50MA")
    read(meter)
    assert not lab.device.broken[0]
    meter.execute(":SENS:VOLT:PROT 5")
    assert lab.device.broken[0]


def test_auto_ohms_chooses_the_test_current_of_the_range(meter: Instrument) -> None:
    meter.execute(":SENS:RES:MODE AUTO;:SENS:RES:RANG:AUTO ON")
    _, current, resistance, _, status = read(meter)
    assert current == pytest.approx(0.01, rel=1e-3)
    assert 60.0 < resistance < 100.0  # 10 mA through the junction: TMR falls with bias
    assert int(status) & 1 << 10


def test_measure_turns_the_output_on_and_chooses_one_function(meter: Instrument) -> None:
    assert meter.execute(":OUTP?") == "0"
    voltage = float((meter.execute(":MEAS:VOLT?") or "").split(",")[0])
    assert voltage == pytest.approx(10e-3, rel=0.05)
    assert meter.execute(":OUTP?;:CONF?") == '1;"VOLT:DC"'


def test_a_level_beyond_a_fixed_source_range_is_out_of_range(meter: Instrument) -> None:
    meter.execute(":SOUR:CURR:RANG 1E-4;:SOUR:CURR 1E-3")
    assert error(meter) == -222
    assert meter.execute(":SOUR:CURR?") == "+1.000000E-04"
    meter.execute(":SOUR:CURR:RANG:AUTO ON;:SOUR:CURR 2")
    assert error(meter) == -222


def test_a_read_that_waits_for_a_trigger_is_a_deadlock(meter: Instrument) -> None:
    meter.execute(":OUTP ON;:ARM:SOUR BUS;:READ?")
    assert error(meter) == -214


def test_fetch_repeats_the_last_reading_and_init_takes_one(meter: Instrument) -> None:
    meter.execute(":FETC?")
    assert error(meter) == -230
    meter.execute(":OUTP ON;:INIT")
    assert meter.execute(":FETC?") == meter.execute(":FETC?")


def test_auto_output_off_switches_around_each_reading(meter: Instrument) -> None:
    meter.execute(":SOUR:CLE:AUTO ON;:OUTP OFF")
    assert len((meter.execute(":READ?") or "").split(",")) == 5
    assert meter.execute(":OUTP?") == "0"


def test_elements_come_in_the_instrument_s_order(meter: Instrument) -> None:
    meter.execute(":FORM:ELEM RES, VOLT")
    voltage, resistance = read(meter)
    assert resistance / voltage == pytest.approx(1e4, rel=1e-3)
    assert meter.execute(":FORM:ELEM?") == "VOLT,RES"


def test_readings_cost_their_power_line_cycles(lab: Lab, meter: Instrument) -> None:
    meter.execute(":SYST:AZER OFF;:SENS:VOLT:NPLC 10;:SOUR:DEL 0.05")
    start_s = lab.clock.now_s()
    read(meter)
    assert lab.clock.now_s() - start_s == pytest.approx(0.2 + 0.05, rel=1e-6)


def test_longer_integration_and_filters_make_quieter_readings(meter: Instrument) -> None:
    def spread(setup: str) -> float:
        meter.execute(setup + ";:FORM:ELEM VOLT")
        return float(np.std([read(meter)[0] for _ in range(200)]))

    # 200 readings know a spread to 5 %; the true ratios are far above 3: no false alarms
    fast = spread(":SENS:VOLT:NPLC 0.01")
    assert fast > 3.0 * spread(":SENS:VOLT:NPLC 1")
    assert fast > 3.0 * spread(":SENS:VOLT:NPLC 0.01;:SENS:AVER:COUN 100;TCON REP;STAT ON")


def test_display_and_beeper_are_obeyed_in_silence(meter: Instrument) -> None:
    meter.execute(":SYST:BEEP 440,0.1;:DISP:ENAB OFF;:SYST:LFR:AUTO ON;:ROUT:TERM REAR")
    assert error(meter) == 0
    assert meter.execute(":ROUT:TERM?;:SYST:ERR:ALL?") == 'REAR;0,"No error"'
