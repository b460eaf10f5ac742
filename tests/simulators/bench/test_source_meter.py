"""The virtual source-meter: limits, ranges, ohms, noise, triggers."""

from pathlib import Path

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
    assert int(status) & (1 << 14 | 1 << 12)


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


def test_ranges_are_set_and_shown_as_the_largest_level(meter: Instrument) -> None:
    reply = meter.execute("*RST;:SENS:CURR:RANG?;:SENS:VOLT:RANG?;:SENS:RES:RANG?;:SOUR:CURR:RANG?")
    assert reply == "+1.050000E-04;+2.100000E+01;+2.100000E+05;+1.050000E-04"
    assert meter.execute(":SOUR:VOLT:RANG 2.1;RANG?") == "+2.100000E+00"


def test_the_range_shown_is_the_one_that_autorange_has_found(meter: Instrument) -> None:
    read(meter)
    assert meter.execute(":SENS:VOLT:RANG?;RANG:AUTO?") == "+2.100000E-01;1"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (":SENS:CURR:RANG 1E-3", 823),  # sourced: its range is the source's
        (":SENS:VOLT:RANG 20", 824),  # the compliance of 0.5 V ends at the 2 V range
        (":SENS:VOLT:RANG 2", 0),
        (":SOUR:FUNC VOLT;:SENS:VOLT:RANG 2", 823),
        (":SOUR:FUNC VOLT;:SENS:CURR:RANG 1E-2", 824),
    ],
)
def test_measuring_ranges_end_where_source_and_compliance_do(
    meter: Instrument, message: str, code: int
) -> None:
    meter.execute(message)
    assert error(meter) == code


def test_a_compliance_below_its_minimum_leaves_the_old_one(meter: Instrument) -> None:
    assert meter.execute(":SENS:VOLT:PROT 0.01;PROT?") == "+5.000000E-01"  # 20 V range: 20 mV
    assert error(meter) == 822
    read(meter)  # finds the 0.2 V range
    assert meter.execute(":SENS:VOLT:PROT 0.01;PROT?") == "+1.000000E-02"


def test_measuring_one_function_resets_its_compliance(meter: Instrument) -> None:
    meter.execute(":SENS:CURR:PROT 1E-2;:SOUR:FUNC VOLT;:SOUR:VOLT 1E-3;:MEAS:CURR?")
    assert meter.execute(":SENS:CURR:PROT?;:SENS:VOLT:PROT?") == "+1.050000E-04;+5.000000E-01"


def test_at_the_other_terminals_nothing_is_connected(lab: Lab, meter: Instrument) -> None:
    read(meter)
    assert meter.execute(":OUTP?;:ROUT:TERM REAR;:OUTP?") == "1;0"
    voltage, current, resistance, _, status = read(meter)
    assert (voltage, current) == pytest.approx((0.5, 0.0), abs=1e-4)
    assert int(status) & (1 << 3)
    assert not int(status) & (1 << 2)
    assert meter.execute(":SENS:VOLT:PROT:TRIP?;:SENS:CURR:PROT:TRIP?") == "1;0"
    meter.execute("*RST")
    assert meter.execute(":ROUT:TERM?") == "FRON"
    assert abs(resistance) > 1e4


def test_a_device_at_the_rear_is_seen_there_only(tmp_path: Path) -> None:
    text = Path("simulators/bench/labs/trapezoid.toml").read_text(encoding="utf-8")
    path = tmp_path / "rear.toml"
    path.write_text(text.replace("[circuit]", '[circuit]\nmeter_terminals = "rear"'))
    meter = Lab(read_lab_file(str(path))).instruments["GPIB0::24::INSTR"]
    meter.execute(CURRENT)
    assert int(read(meter)[4]) & (1 << 3)
    meter.execute(":ROUT:TERM REAR")
    assert read(meter)[2] == pytest.approx(100.0, abs=3.0)


def test_the_source_protection_holds_the_source_back(lab: Lab, meter: Instrument) -> None:
    meter.execute(":SOUR:VOLT:PROT 15;:SENS:VOLT:PROT 200;:ROUT:TERM REAR")
    voltage, *_, status = read(meter)
    assert voltage == pytest.approx(20.0, abs=1e-2)
    assert int(status) & (1 << 4)
    assert meter.execute(":SOUR:VOLT:PROT?;PROT NONE;PROT?") == "+2.000000E+01;+2.100000E+02"


def test_the_status_word_names_wires_source_and_measured_functions(meter: Instrument) -> None:
    meter.execute(":SENS:FUNC:OFF:ALL;:SENS:FUNC 'VOLT'")
    wires, volts, amps_sourced, front = 1 << 22, 1 << 11, 1 << 15, 1 << 2
    assert int(read(meter)[4]) == wires | volts | amps_sourced | front
    meter.execute(":SYST:RSEN OFF")
    assert int(read(meter)[4]) == volts | amps_sourced | front


def test_the_overflow_of_a_fixed_range_is_a_number_and_a_bit(meter: Instrument) -> None:
    meter.execute(":SENS:CURR:PROT 1;:SOUR:FUNC VOLT;:SOUR:VOLT 0.01;:SENS:CURR:RANG 1E-5")
    meter.execute(":SENS:CURR:PROT 1.05E-4;:SENS:FUNC 'CURR'")
    _, current, _, _, status = read(meter)
    assert int(status) & (1 << 16)  # the fixed range holds the source back
    assert current == pytest.approx(1.055e-5, rel=1e-3)


def test_time_passes_from_reading_to_reading(meter: Instrument) -> None:
    first, second = read(meter)[3], read(meter)[3]
    assert second - first == pytest.approx(0.061, rel=1e-3)  # 3 × 1 PLC and the delay
    meter.execute(":SYST:TIME:RES")
    assert read(meter)[3] == pytest.approx(0.061, rel=1e-3)


def test_a_staircase_gives_all_its_points_and_returns_to_the_level(meter: Instrument) -> None:
    meter.execute(":SOUR:CURR:STAR 1E-5;STOP 5E-5;STEP 1E-5;MODE SWE;:TRIG:COUN 5;:FORM:ELEM CURR")
    meter.execute(":OUTP ON")
    currents = [float(value) for value in (meter.execute(":READ?") or "").split(",")]
    assert currents == pytest.approx([1e-5, 2e-5, 3e-5, 4e-5, 5e-5], abs=5e-9)
    assert meter.execute(":SOUR:SWE:POIN?;:SOUR:CURR?") == "5;+1.000000E-04"
    meter.execute(":SOUR:SWE:SPAC LOG;POIN 3;DIR DOWN;:TRIG:COUN 4")
    currents = [float(value) for value in (meter.execute(":READ?") or "").split(",")]
    assert currents == pytest.approx([5e-5, 5**0.5 * 1e-5, 1e-5, 5e-5], abs=5e-9)
    meter.execute(":SOUR:CURR:STAR 0;:READ?")
    assert error(meter) == -221  # 0 on a logarithmic scale


def test_a_list_is_swept_in_its_order(meter: Instrument) -> None:
    meter.execute(":SOUR:LIST:CURR 1E-4,-1E-4;CURR:APP 5E-5;:SOUR:CURR:MODE LIST;:TRIG:COUN 3")
    meter.execute(":FORM:ELEM CURR;:OUTP ON")
    currents = [float(value) for value in (meter.execute(":READ?") or "").split(",")]
    assert currents == pytest.approx([1e-4, -1e-4, 5e-5], abs=5e-9)
    assert meter.execute(":SOUR:LIST:CURR:POIN?") == "3"
    meter.execute(":SOUR:FUNC VOLT;:SOUR:VOLT:MODE LIST;:OUTP ON;:READ?")
    assert error(meter) == 801  # no list of volts


def test_no_more_than_2500_readings_are_taken_at_a_time(meter: Instrument) -> None:
    meter.execute(":ARM:COUN 50;:TRIG:COUN 50")
    assert error(meter) == 0
    meter.execute(":TRIG:COUN 51")
    assert error(meter) == -222
    assert meter.execute(":TRIG:COUN?") == "50"


def test_a_saved_setup_is_recalled_with_the_output_off(meter: Instrument) -> None:
    meter.execute(":OUTP ON;*SAV 0;*RST;*RCL 0")
    assert meter.execute(":SOUR:FUNC?;:SOUR:CURR?;:SYST:RSEN?;:OUTP?") == ("CURR;+1.000000E-04;1;0")


def test_error_codes_are_read_one_by_one_or_all_at_once(meter: Instrument) -> None:
    meter.execute(":SOUR:CURR 9;:SENS:VOLT:PROT 1E-9")
    assert meter.execute(":SYST:ERR:CODE?;CODE:ALL?;:SYST:ERR:CODE?") == "-222;+822;0"
    meter.execute(":NONSENSE;:SYST:CLE")
    assert error(meter) == -113
    meter.execute(":NONSENSE")
    assert meter.execute(":SYST:CLE;LOC;:SYST:ERR:COUN?") == "0"
    assert meter.execute(":OUTP ON;:SYST:PRES;:OUTP?") == "0"


def test_line_frequency_and_delay_are_automatic_until_set(meter: Instrument) -> None:
    assert meter.execute("*RST;:SOUR:DEL?;DEL:AUTO?") == "+1.000000E-03;1"
    assert meter.execute(":SYST:LFR:AUTO?;:SYST:LFR 60;LFR:AUTO?;:SYST:LFR?") == "1;0;60"
    assert meter.execute(":SYST:LFR:AUTO ON;:SYST:LFR?") == "50"
