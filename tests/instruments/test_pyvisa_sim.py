"""Adapters on simulated instruments of others: those that QCoDeS describes for pyvisa-sim.

Each description answers the commands of QCoDeS's own driver, in its spelling; an adapter is tried
as far as the two agree. Where they part, the description replies ERROR.
"""

from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeVar

import pytest

from dwmtj.instruments import BenchError
from dwmtj.instruments.adapters.keithley2600 import Keithley2600ResistanceMeter
from dwmtj.instruments.adapters.lakeshore336 import (
    LakeShore336,
    LakeShore336Section,
    LakeShore336TemperatureController,
)
from dwmtj.instruments.adapters.supplies.ami430 import AMI430, AMI430CoilSupply
from dwmtj.instruments.adapters.tsp import TspInstrument
from dwmtj.instruments.registry import DRIVERS
from dwmtj.tests.instruments.counting_clock import CountingClock

pytest.importorskip("pyvisa_sim", reason="pyvisa-sim is not installed")
pytest.importorskip("qcodes", reason="QCoDeS is not installed")

D = TypeVar("D")


def simulated(driver: Callable[..., D], name: str, address: str, end: str = "\n") -> D:
    library = f"{files('qcodes.instrument.sims') / name}.yaml@sim"
    return driver(address, visa_library=library, read_termination=end, write_termination=end)


@pytest.fixture(params=["335", "336"])
def driver_336(request: pytest.FixtureRequest) -> LakeShore336:
    return simulated(LakeShore336, f"lakeshore_model{request.param}", "GPIB::2::INSTR", end="\r\n")


def controller_of(driver: Any) -> LakeShore336TemperatureController:
    section = LakeShore336Section(driver="LakeShore336", address="GPIB::2::INSTR", heater_range=2)
    return LakeShore336TemperatureController(driver, CountingClock(), section, highest_K=400.0)


def test_a_temperature_and_the_status_of_its_sensor_are_read(driver_336: LakeShore336) -> None:
    assert controller_of(driver_336).read_temperature() == 100.0


def test_a_heater_that_was_left_on_is_switched_off(driver_336: LakeShore336) -> None:
    driver_336.write("RANGE 1,2")
    assert driver_336.ask("RANGE? 1") == "2"
    controller_of(driver_336).make_safe()
    assert driver_336.ask("RANGE? 1") == "0"


def test_a_335_takes_the_loop_and_the_set_point_as_they_are_sent() -> None:
    driver = simulated(LakeShore336, "lakeshore_model335", "GPIB::2::INSTR", end="\r\n")
    with pytest.raises(BenchError, match="reports ERROR at its heater"):  # it knows no HTRST?
        controller_of(driver).set_temperature(350.0)
    queries = ("TLIMIT? A", "OUTMODE? 1", "RAMP? 1", "SETP? 1", "RANGE? 1")
    assert [driver.ask(query) for query in queries] == ["400", "1,1,0", "0,1", "350.0000", "2"]


def test_a_channel_of_a_2601b_is_switched_off_and_the_other_left_alone() -> None:
    driver = simulated(TspInstrument, "Keithley_2600", "GPIB::1::INSTR")
    meter = Keithley2600ResistanceMeter(driver, "a", 1.0, compliance_V=0.5, four_wire=True)
    assert DRIVERS["resistance_meter"]["Keithley2600"].identifies(meter.identity)
    driver.write("smua.source.output=1")
    driver.write("smub.source.output=1")
    meter.make_safe()
    outputs = [driver.ask(f"print({smu}.source.output)") for smu in ("smua", "smub")]
    assert [float(output) for output in outputs] == [0.0, 1.0]


def test_a_430_with_a_persistent_switch_is_refused() -> None:
    driver = simulated(AMI430, "AMI430", "GPIB::1::INSTR")
    supply = AMI430CoilSupply(
        driver, CountingClock(), rated_A=80.0, largest_A=10.0, rate_A_per_s=8.0
    )
    assert supply.identity == "QCoDeS, AMI430_simulation, 1337, 0.0.01"
    driver.write("CONF:PS 1")
    with pytest.raises(BenchError, match="it has a persistent switch"):
        supply.ramp_to(1.0)
    driver.write("CONF:PS 0")
    with pytest.raises(
        BenchError, match="replied ERROR to RAMP:RATE:SEG"
    ):  # it knows no such query
        supply.ramp_to(1.0)
