"""The virtual supply and its coil: steps, limits, memories."""

import pytest

from dwmtj.simulators.bench.lab import Lab
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.bench.scpi.instrument import Instrument


@pytest.fixture
def lab() -> Lab:
    return Lab(read_lab_file("trapezoid"))


@pytest.fixture
def supply(lab: Lab) -> Instrument:
    supply = lab.instruments["GPIB0::6::INSTR"]
    supply.execute("FUNC:MODE CURR;:OUTP 1")
    return supply


def test_set_points_read_back_in_the_steps_of_the_converter(supply: Instrument) -> None:
    assert supply.execute("CURR 0.1;CURR?") == "9.989E-2"
    assert supply.execute("CURR 0;CURR?") == "0E0"
    assert float(supply.execute("CURR -12;CURR?") or "") == pytest.approx(-12.0, abs=2e-4)


def test_a_coil_at_the_voltage_limit_gets_less_current_than_was_set(
    lab: Lab, supply: Instrument
) -> None:
    supply.execute("VOLT 10;:CURR 8")
    lab.clock.sleep(2.0)
    reply = supply.execute("CURR?;MEAS:CURR?;VOLT?;:FUNC:MODE?;:SYST:ERR:CODE?") or ""
    set_A, flows_A, across_V, mode, code = reply.split(";")
    assert float(set_A) == pytest.approx(8.0, abs=1e-3)
    assert float(flows_A) == pytest.approx(5.0, abs=1e-3)  # 10 V / 2 ohm
    assert float(across_V) == pytest.approx(10.0, abs=2e-3)
    assert (mode, code) == ("1", "0")


def test_the_largest_values_outlive_a_reset_and_a_refused_set_point_is_none(
    lab: Lab, supply: Instrument
) -> None:
    supply.execute("VOLT 10;:CURR -8")
    lab.clock.sleep(2.0)
    supply.execute("CURR 14;CURR 1;*RST")
    lab.clock.sleep(2.0)
    largest = lab.largest
    assert largest.supply_current_set_A == 8.0
    assert largest.supply_voltage_set_V == 0.0  # 10 V were a limit
    assert largest.coil_current_A == pytest.approx(5.0, abs=1e-3)
    assert largest.field_T == pytest.approx(0.0625, abs=1e-3)
    supply.execute("VOLT 3")
    assert lab.largest.supply_voltage_set_V == 3.0


def test_a_saved_setup_is_recalled(supply: Instrument) -> None:
    supply.execute("VOLT 20;:CURR 2;*SAV 7;*RST")
    assert supply.execute("OUTP?;:FUNC:MODE?") == "0;0"
    reply = supply.execute("*RCL 7;:OUTP?;:FUNC:MODE?;:CURR?;:VOLT?") or ""
    assert [float(v) for v in reply.split(";")] == pytest.approx([1, 1, 2, 20], abs=2e-3)
