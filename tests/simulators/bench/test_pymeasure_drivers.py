"""Unmodified PyMeasure drivers: everything they send for this bench is understood."""

import inspect
from collections.abc import Mapping
from pathlib import Path

import pytest
from pymeasure.instruments import Instrument
from pymeasure.instruments.danfysik import Danfysik8500
from pymeasure.instruments.keithley import Keithley2182, Keithley2400, Keithley6221
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.yokogawa import YokogawaGS200

from dwmtj.simulators.bench import Lab, open_lab


def resistance_ohm(meter: Keithley2400) -> float:
    return float(meter.measure_all()["resistance"])


def no_errors(*drivers: Instrument) -> None:
    assert [driver.check_errors() for driver in drivers] == [[]] * len(drivers)


def lab_with(folder: Path, addresses: Mapping[str, str]) -> tuple[Lab, str]:
    """Return a lab with instruments at addresses by model, and its library."""
    tables = [
        f'[[instrument]]\nmodel = "{model}"\naddress = "{address}"\n'
        for model, address in addresses.items()
    ]
    file = folder / "lab.toml"
    file.write_text("\n".join(['[device]\npreset = "trapezoid"\n', *tables]))
    return open_lab(str(file)), f"{file}@dwmtj"


def test_reading_with_the_output_off_is_error_803(lab: Lab, meter: Keithley2400) -> None:
    meter.source_enabled = False
    meter.write(":READ?")
    assert meter.next_error == [803.0, '"Not permitted with OUTPUT off"']


def test_compliance_clamps_the_reading_and_sets_its_bit(lab: Lab, meter: Keithley2400) -> None:
    meter.measure_all()  # finds the 0.2 V range
    meter.compliance_voltage = 0.005
    values = meter.measure_all()
    assert values["voltage"] == pytest.approx(0.005, abs=1e-5)
    assert values["current"] < 60e-6
    assert values["status"] & 1 << 3
    meter.compliance_voltage = 0.5
    assert not meter.measure_all()["status"] & 1 << 3


def test_two_wires_see_the_leads(lab: Lab, meter: Keithley2400) -> None:
    four = resistance_ohm(meter)
    meter.wires = 2
    assert resistance_ohm(meter) - four == pytest.approx(1.2, abs=0.3)


def test_the_meter_buffer_fills_and_reduces(lab: Lab, meter: Keithley2400) -> None:
    meter.resistance_mode_auto_enabled = False
    meter.write(":SENSE:FUNCTION:ALL")
    meter.config_buffer(points=20, delay=0)
    meter.start_buffer()
    meter.wait_for_buffer(timeout=1.0)
    assert meter.buffer_data.size == 100
    assert meter.mean_resistance == pytest.approx(100.0, abs=2.0)
    assert 0.0 < meter.std_resistance < 0.5
    no_errors(meter)


def test_the_meter_takes_a_bus_trigger(lab: Lab, meter: Keithley2400) -> None:
    meter.trigger_on_bus()
    meter.start_buffer()
    meter.trigger()
    assert len(meter.ask(":FETCH?").split(",")) == 5
    meter.trigger()
    assert meter.next_error[0] == -211


def test_a_meter_setting_reads_back_as_set(lab: Lab, meter: Keithley2400) -> None:
    meter.voltage_nplc = 0.1
    meter.filter_count = 5
    meter.repeat_filter_enabled = False
    meter.source_delay = 0.01
    meter.auto_zero_enabled = False
    meter.output_off_state = "HIMP"
    meter.line_frequency = 60
    meter.arm_source = "timer"
    meter.trigger_output_event = "sense"
    meter.trigger_input_line = 3
    meter.front_terminals_enabled = False
    meter.voltage_range = 0.15
    assert meter.current_nplc == pytest.approx(0.1)
    assert meter.filter_count == 5
    assert meter.repeat_filter_enabled is False
    assert meter.source_delay_auto_enabled is False
    assert meter.auto_zero_enabled is False
    assert meter.output_off_state == "disconnected"
    assert meter.line_frequency == 60
    assert (meter.arm_source, meter.trigger_output_event) == ("timer", "sense")
    assert meter.trigger_input_line == 3
    assert meter.front_terminals_enabled is False
    assert (meter.voltage_range, meter.voltage_range_auto_enabled) == (0.21, False)
    no_errors(meter)


def test_a_shut_down_meter_is_off(lab: Lab, meter: Keithley2400) -> None:
    meter.shutdown()
    reopened = Keithley2400("GPIB::24", visa_library="trapezoid?name=pymeasure@dwmtj")
    assert reopened.source_enabled is False
    assert reopened.source_current == 0.0


def test_generator_settings_read_back_as_set(lab: Lab, generator: Keysight81160A) -> None:
    channel = generator.ch_1
    channel.apply_pulse(1e6, 2.0, 0.5)
    assert (channel.shape, channel.frequency) == ("PULS", pytest.approx(1e6))
    assert (channel.voltage_high, channel.voltage_low) == (pytest.approx(1.5), pytest.approx(-0.5))
    channel.trigger_count = 3
    assert (channel.burst_ncycles, channel.trigger_mode) == (3, "IMM")
    channel.apply_dc(1.25)
    assert (channel.shape, channel.offset, channel.output) == ("DC", pytest.approx(1.25), True)
    channel.output = False
    generator.shape = "SQU"
    generator.ch_2.square_dutycycle = 30.0
    assert generator.ch_1.shape == "SQU"
    assert generator.ch_2.square_dutycycle == pytest.approx(30.0)
    channel.limit_high, channel.limit_low, channel.limit_state_enabled = 3.0, -3.0, True
    assert (channel.limit_high, channel.limit_state_enabled) == (pytest.approx(3.0), True)
    generator.pulse_hold = "DCYC"
    assert generator.pulse_hold == "DCYC"
    channel.output_load = 1e6
    assert channel.output_load == pytest.approx(1e6)
    generator.beep()
    no_errors(generator)


INHERITED_FROM_THE_33500 = {
    *("arb_advance", "arb_file", "arb_filter", "arb_srate"),
    *("ext_trig_out", "trigger_source", "phase"),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_every_property_of_the_drivers_can_be_read(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400, supply: KepcoBOP3612
) -> None:
    meter.write(":TRAC:POIN 3;:TRAC:FEED:CONT NEXT;:TRIG:COUN 3;:INIT")
    unreadable = set()
    for part in (generator, generator.ch_1, meter, supply):
        for name, attribute in inspect.getmembers(type(part)):
            if isinstance(attribute, property) and name not in INHERITED_FROM_THE_33500:
                try:
                    getattr(part, name)
                except LookupError:  # declared without a query
                    unreadable.add(name)
    assert unreadable <= {"display"}
    no_errors(generator, meter, supply)


def test_coupled_channels_follow_each_other(lab: Lab, generator: Keysight81160A) -> None:
    generator.ch_1.coupling_enabled = True
    generator.ch_1.offset = 0.25
    assert generator.ch_2.offset == pytest.approx(0.25)
    no_errors(generator)


def test_a_waveform_is_loaded_kept_chosen_and_deleted(lab: Lab, generator: Keysight81160A) -> None:
    channel = generator.ch_1
    free = channel.free_memory_slots
    channel.save_waveform([0.0, 2.5, -10.0, 10.0], "mine")
    assert "MINE" in channel.waveforms
    assert channel.free_memory_slots == free - 1
    generator.write(":FUNC1:USER MINE")
    channel.shape = "USER"
    no_errors(generator)
    channel.delete_waveform("mine")
    assert generator.next_error[0] == -221  # it is in use
    generator.write(":FUNC1:USER SINC")
    channel.delete_waveform("mine")
    assert "MINE" not in channel.waveforms
    no_errors(generator)


def test_the_driver_of_a_danfysik_supply_sets_and_reads_a_current_of_either_sign(
    tmp_path: Path,
) -> None:
    lab, library = lab_with(tmp_path, {"Danfysik 8500": "ASRL6::INSTR"})
    supply = Danfysik8500("ASRL6::INSTR", visa_library=library)
    assert not supply.is_enabled()
    supply.enable()
    for current_A in (5.0, -5.0):
        supply.current = current_A
        assert not supply.is_ready()
        lab.clock.sleep(3.0)
        assert supply.is_ready()
        lab.clock.sleep(1.0)
        assert supply.is_current_stable()
        assert supply.current == pytest.approx(current_A)
        assert lab.circuit.magnet.current_A(lab.clock.now_s()) == pytest.approx(current_A)
    supply.disable()
    assert not supply.is_enabled()


def test_the_drivers_of_a_2182a_and_a_6221_measure_the_device(tmp_path: Path) -> None:
    addresses = {"2182A": "GPIB0::7::INSTR", "6221": "GPIB0::13::INSTR"}
    lab, library = lab_with(tmp_path, addresses)
    voltmeter = Keithley2182(addresses["2182A"], visa_library=library, read_termination="\n")
    source = Keithley6221(addresses["6221"], visa_library=library)
    voltmeter.reset()
    voltmeter.ch_1.setup_voltage(auto_range=True, nplc=1)
    source.source_compliance = 0.5
    source.source_current = 100e-6
    source.source_enabled = True
    truth_ohm = lab.device.resistance_ohm()[0]
    assert voltmeter.voltage / 100e-6 == pytest.approx(truth_ohm, rel=1e-3)
    source.source_enabled = False
    assert abs(voltmeter.voltage) < 1e-6
    no_errors(voltmeter, source)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_driver_of_a_gs200_sets_a_field(tmp_path: Path) -> None:
    lab, library = lab_with(tmp_path, {"GS200": "GPIB0::2::INSTR"})
    source = YokogawaGS200("GPIB0::2::INSTR", visa_library=library)
    source.source_mode = "voltage"
    source.source_range = 10
    source.source_level = 5.0
    source.source_enabled = True
    lab.clock.sleep(1.0)
    assert source.source_level == 5.0
    assert lab.circuit.magnet.current_A(lab.clock.now_s()) == pytest.approx(6.0)


def test_closing_one_instrument_leaves_the_others_open(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400
) -> None:
    generator.adapter.close()
    assert meter.id.startswith("KEITHLEY")
