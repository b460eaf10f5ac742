"""Simulated time: equal durations in both modes."""

import threading

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


def test_what_clients_wait_counts_at_full_speed_beside_what_is_simulated() -> None:
    wall = Wall()
    clock = SimulatedClock(wall_s=wall.read, pause=wall.pause)
    wall.pause(1.0)
    clock.synchronise()
    assert clock.now_s() == 0.0
    clock.count_waiting()
    clock.sleep(5.0)
    for _ in range(2):
        wall.pause(0.25)
        clock.synchronise()
    assert clock.now_s() == pytest.approx(5.5)


def test_a_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        SimulatedClock().sleep(-1.0)


@pytest.mark.parametrize("real_time", [True, False])
def test_who_waits_lets_go_of_the_lab_and_can_be_interrupted(real_time: bool) -> None:
    lock = threading.RLock()
    clock = SimulatedClock(real_time=real_time, lock=lock)
    holding, gone = threading.Event(), threading.Event()
    interrupted: list[BaseException] = []

    def measure() -> None:
        with lock, clock.interrupted_if(gone.is_set):
            holding.set()
            try:
                while True:
                    clock.sleep(60.0 if real_time else 1e-6)
            except ConnectionAbortedError as error:
                interrupted.append(error)

    thread = threading.Thread(target=measure)
    thread.start()
    assert holding.wait(30.0)
    assert lock.acquire(timeout=30.0)
    lock.release()
    gone.set()
    thread.join(30.0)
    assert len(interrupted) == 1


def test_waits_side_by_side_in_real_time_do_not_add_up() -> None:
    clock = SimulatedClock(real_time=True, lock=threading.RLock())
    threads = [threading.Thread(target=clock.sleep, args=(0.3,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.3 <= clock.now_s() < 5 * 0.3
