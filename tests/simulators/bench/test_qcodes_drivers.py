"""QCoDeS's own drivers, unmodified, measure and switch the virtual device."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.simulators.bench import Lab, forget_labs, open_lab

keithley = pytest.importorskip("qcodes.instrument_drivers.Keithley")
keysight = pytest.importorskip("qcodes.instrument_drivers.Keysight")
lakeshore = pytest.importorskip("qcodes.instrument_drivers.Lakeshore")

INSTRUMENTS = {
    "33622A": "GPIB0::10::INSTR",
    "2400": "GPIB0::24::INSTR",
    "2450": "GPIB0::18::INSTR",
    "2601B": "GPIB0::26::INSTR",
    "336": "GPIB0::12::INSTR",
}
FORCED_A = 1e-4


@pytest.fixture
def library(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "lab.toml"
    tables = [
        f'[[instrument]]\nmodel = "{model}"\naddress = "{address}"\n'
        for model, address in INSTRUMENTS.items()
    ]
    file.write_text("\n".join(['[device]\npreset = "trapezoid"\n', *tables]))
    forget_labs()
    yield f"{file}@dwmtj"
    keithley.Keithley2400.close_all()
    forget_labs()


@pytest.fixture
def lab(library: str) -> Lab:
    return open_lab(library.removesuffix("@dwmtj"))


def meter_2400(library: str) -> Any:
    meter = keithley.Keithley2400("meter", INSTRUMENTS["2400"], visalib=library)
    meter.mode("CURR")
    meter.sense("VOLT")
    meter.write(":SYST:RSEN ON")
    meter.compliancev(0.5)
    meter.rangei(FORCED_A)
    meter.curr(FORCED_A)
    meter.output(True)
    return meter


def resistance_of_2400(library: str) -> float:
    return float(meter_2400(library).volt()) / FORCED_A


def resistance_of_2450(library: str) -> float:
    meter = keithley.Keithley2450("meter", INSTRUMENTS["2450"], visalib=library)
    meter.source.function("current")
    meter.sense.function("voltage")
    meter.sense.four_wire_measurement(True)
    meter.source.limit(0.5)
    meter.source.current(FORCED_A)
    meter.output_enabled(True)
    return float(meter.sense.voltage()) / FORCED_A


def resistance_of_2601b(library: str) -> float:
    meter = keithley.Keithley2601B("meter", INSTRUMENTS["2601B"], visalib=library)
    meter.smua.mode("current")
    meter.write("smua.sense=1")
    meter.smua.limitv(0.5)
    meter.smua.curr(FORCED_A)
    meter.smua.output("on")
    return float(meter.smua.res())


@pytest.mark.parametrize("measured", [resistance_of_2400, resistance_of_2450, resistance_of_2601b])
def test_a_source_meter_measures_the_device(measured: Any, library: str, lab: Lab) -> None:
    truth_ohm = float(lab.circuit.device.resistance_ohm()[0])
    assert measured(library) == pytest.approx(truth_ohm, rel=5e-3)


def test_bursts_of_a_generator_move_the_wall_from_level_to_level(library: str) -> None:
    generator = keysight.Keysight33622A("generator", INSTRUMENTS["33622A"], visalib=library)
    meter = meter_2400(library)
    channel = generator.ch1
    channel.function_type("PULS")
    channel.pulse_width(50e-9)
    channel.burst_mode("N Cycle")
    channel.burst_ncycles(1)
    channel.burst_state("ON")
    channel.trigger_source("BUS")
    readings_ohm = []
    for amplitude_V in np.arange(0.2, 2.2, 0.05):
        channel.amplitude(float(amplitude_V))
        channel.offset(float(amplitude_V) / 2)
        channel.output("ON")
        generator.write("*TRG")
        generator.ask("*OPC?")
        channel.output("OFF")
        readings_ohm.append(float(meter.volt()) / FORCED_A)
    steps_ohm = -np.diff(readings_ohm)
    assert np.sum(steps_ohm > 4) >= 2, readings_ohm
    assert readings_ohm[0] - readings_ohm[-1] > 25


def test_a_temperature_controller_heats_towards_its_set_point(library: str, lab: Lab) -> None:
    controller = lakeshore.LakeshoreModel336("cold", INSTRUMENTS["336"], visalib=library)
    before_K = controller.A.temperature()
    controller.output_1.mode("closed_loop")
    controller.output_1.input_channel("A")
    controller.output_1.setpoint(before_K + 10)
    controller.output_1.output_range("high")
    lab.clock.sleep(2000)
    assert controller.A.temperature() == pytest.approx(before_K + 10, abs=0.5)
