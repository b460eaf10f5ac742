"""Unmodified PyMeasure drivers and one device between them: what one does the other reads."""

import pytest
from pymeasure.instruments import Instrument
from pymeasure.instruments.keithley import Keithley2400
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.lakeshore import LakeShore425

from dwmtj.simulators.bench import Lab


def apply_field(lab: Lab, supply: KepcoBOP3612, field_T: float) -> None:
    supply.current_setpoint = field_T / 0.0125
    lab.clock.sleep(1.0)


def resistance_ohm(meter: Keithley2400) -> float:
    return float(meter.measure_all()["resistance"])


def prepare_pulses(generator: Keysight81160A, amplitude_V: float) -> None:
    channel = generator.ch_1
    channel.shape = "PULS"
    channel.pulse_period = 1e-3
    channel.pulse_width = 50e-9
    channel.pulse_transition = 3e-9
    channel.trigger_mode = "MAN"
    channel.voltage_high = max(amplitude_V, 0.0)
    channel.voltage_low = min(amplitude_V, 0.0)


def no_errors(*drivers: Instrument) -> None:
    assert [driver.check_errors() for driver in drivers] == [[]] * len(drivers)


def test_a_pulse_changes_what_the_source_meter_reads(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400, supply: KepcoBOP3612
) -> None:
    apply_field(lab, supply, 0.05)
    apply_field(lab, supply, -0.004)
    before = resistance_ohm(meter)
    prepare_pulses(generator, 1.9)  # 3.8 V behind the amplifier
    generator.ch_1.output = True
    for _ in range(8):
        generator.trigger()
    after = resistance_ohm(meter)
    assert before == pytest.approx(100.0, abs=2.0)
    assert after == pytest.approx(67.0, abs=3.0)
    no_errors(generator, meter, supply)


def test_field_resets_what_pulses_wrote(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400, supply: KepcoBOP3612
) -> None:
    prepare_pulses(generator, 1.9)
    generator.ch_1.output = True
    for _ in range(8):
        generator.trigger()
    written = resistance_ohm(meter)
    apply_field(lab, supply, 0.06)
    apply_field(lab, supply, -0.004)
    assert resistance_ohm(meter) - written > 20.0


def test_a_baseline_left_at_minus_4_V_destroys_the_junction_for_good(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400
) -> None:
    healthy = resistance_ohm(meter)
    prepare_pulses(generator, -2.0)  # normal polarity: rests at LOW
    generator.ch_1.output = True
    lab.clock.sleep(1e-3)
    generator.ch_1.output = False
    assert resistance_ohm(meter) < 0.5 * healthy
    assert lab.device.broken[0]
    lab.clock.sleep(3600.0)
    assert resistance_ohm(meter) < 0.5 * healthy


def test_inverted_polarity_rests_at_zero_and_spares_the_junction(
    lab: Lab, generator: Keysight81160A, meter: Keithley2400
) -> None:
    prepare_pulses(generator, -2.0)
    generator.write(":OUTP1:POL INV")
    generator.ch_1.output = True
    lab.clock.sleep(1e-3)
    for _ in range(5):
        generator.trigger()
    assert resistance_ohm(meter) == pytest.approx(100.0, abs=2.0)
    assert not lab.device.broken[0]
    no_errors(generator, meter)


def test_the_gaussmeter_sees_the_coil_and_its_remanence(
    lab: Lab, supply: KepcoBOP3612, gaussmeter: LakeShore425
) -> None:
    apply_field(lab, supply, 0.05)
    assert gaussmeter.field == pytest.approx(0.05, abs=5e-4)
    apply_field(lab, supply, 0.0)
    from_above = gaussmeter.field
    apply_field(lab, supply, -0.05)
    apply_field(lab, supply, 0.0)
    from_below = gaussmeter.field
    assert from_above - from_below == pytest.approx(2 * 0.3e-3, abs=0.1e-3)
    gaussmeter.zero_probe()
    lab.clock.sleep(0.1)
    assert abs(gaussmeter.field) < 0.05e-3
    gaussmeter.range = 350
    assert (gaussmeter.range, gaussmeter.unit, gaussmeter.mode) == (350, "T", (1.0, 0.0, 2.0))


def test_the_supply_slews_with_its_voltage_limit(lab: Lab, supply: KepcoBOP3612) -> None:
    supply.voltage_setpoint = 9.0
    start_s = lab.clock.now_s()
    supply.current_setpoint = 4.0
    assert supply.voltage == pytest.approx(9.0, abs=0.01)
    while supply.current < 3.999:
        lab.clock.sleep(1e-4)
    # L/R · ln(U/(U - R I)) for 50 mH, 2 Ω, 9 V and 4 A
    assert lab.clock.now_s() - start_s == pytest.approx(0.0549, abs=0.003)
    assert supply.voltage == pytest.approx(8.0, abs=0.01)


def test_the_supply_cannot_exceed_its_voltage_limit(lab: Lab, supply: KepcoBOP3612) -> None:
    supply.voltage_setpoint = 4.0
    supply.current_setpoint = 4.0
    lab.clock.sleep(1.0)
    assert supply.current == pytest.approx(2.0, abs=0.01)
    assert supply.current_setpoint == pytest.approx(4.0, abs=1e-3)
