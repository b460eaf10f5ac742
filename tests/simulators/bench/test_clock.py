"""Simulated time: equal durations in both modes."""

import pytest

from dwmtj.simulators.bench import SimulatedClock, read_lab_file
from dwmtj.simulators.bench.lab import Lab


class Wall:
    """A wall clock that only pauses move."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def read(self) -> float:
        return self.now_s

    def pause(self, duration_s: float) -> None:
        self.now_s += duration_s


def measured_s(lab: Lab) -> float:
    start_s = lab.clock.now_s()
    generator = lab.port("GPIB0::10::INSTR")
    meter = lab.port("GPIB0::24::INSTR")
    supply = lab.port("GPIB0::6::INSTR")
    supply.write(b"FUNC:MODE CURR;:OUTP 1;:CURR 4")
    lab.clock.sleep(0.5)
    generator.write(b":FUNC1 PULS;:PULS:PER1 1E-3;WIDT1 1E-7;:VOLT1:HIGH 1;LOW 0;:ARM:SOUR1 MAN")
    generator.write(b":TRIG1:COUN 20;:OUTP1 ON;*TRG")
    meter.write(b":SOUR:FUNC CURR;:SOUR:CURR 1E-4;:OUTP 1;:READ?")
    meter.read(1000, None)
    return lab.clock.now_s() - start_s


def test_durations_are_the_same_at_full_speed_and_in_real_time() -> None:
    wall = Wall()
    paced = SimulatedClock(real_time=True, wall_s=wall.read, pause=wall.pause)
    declared = read_lab_file("trapezoid")
    in_real_time_s = measured_s(Lab(declared, paced))
    at_full_speed_s = measured_s(Lab(declared))
    assert in_real_time_s == pytest.approx(at_full_speed_s, rel=1e-12)
    assert wall.now_s - 100.0 == pytest.approx(in_real_time_s, rel=1e-9)


def test_in_real_time_the_lab_goes_on_while_a_program_waits_by_itself() -> None:
    wall = Wall()
    lab = Lab(
        read_lab_file("trapezoid"),
        SimulatedClock(real_time=True, wall_s=wall.read, pause=wall.pause),
    )
    supply = lab.port("GPIB0::6::INSTR")
    supply.write(b"FUNC:MODE CURR;:OUTP 1;:CURR 4")
    supply.write(b"MEAS:CURR?")
    slewing_A = float(supply.read(100, None)[0])
    wall.pause(1.0)
    supply.write(b"MEAS:CURR?")
    assert slewing_A < 1.0
    assert float(supply.read(100, None)[0]) == pytest.approx(4.0, abs=1e-3)


def test_a_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        SimulatedClock().sleep(-1.0)
