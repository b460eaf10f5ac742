"""Walls of the simulated device are written by the policy with as few pulses as expected."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.analysis.writing.policy import WritePolicy, write_verify_policy
from dwmtj.analysis.writing.transitions import PulseHistory
from dwmtj.simulators.device import Device, load_device

READ_A, EDGE_s, WIDTH_s = 20e-6, 10e-9, 50e-9
SATURATION_T = {"straight": -0.12, "trapezoid": 0.05}
FIELD_T = {1: -0.004, -1: -0.042}


def fire(device: Device, amplitude_V: np.ndarray | float) -> None:
    """Fire positive pulses at the field of writing, negative ones at that of resetting."""
    for sign, field_T in FIELD_T.items():
        pulse_V = np.maximum(sign * np.asarray(amplitude_V, dtype=float), 0) * sign
        device.drive(np.broadcast_to(pulse_V, device.count), WIDTH_s, field_T, EDGE_s, EDGE_s)
        device.drive(0.0, 1e-3, field_T)


def cycling(name: str, stops_V: tuple[float, ...], cycles: int) -> pd.DataFrame:
    """Write-reset-cycling in steps of 50 mV, `cycles` times up to each amplitude, on one device."""
    device = Device(load_device(name), seed=1)
    device.drive(0.0, 1.0, SATURATION_T[name])
    rows: list[tuple[int, str, float, float, float]] = []

    def read(cycle: int, phase: str, amplitude_V: float, field_T: float) -> None:
        voltage_V = float(device.junction_voltage_V(READ_A, 20e-3)[0])
        rows.append((cycle, phase, amplitude_V, field_T, voltage_V / READ_A))

    read(0, "saturate", np.nan, SATURATION_T[name])
    for cycle in range(cycles * len(stops_V)):
        for sign, stop_V in ((1, stops_V[cycle // cycles]), (-1, 4.0)):
            phase = "write" if sign > 0 else "reset"
            read(cycle, "bias", np.nan, FIELD_T[sign])
            for step in range(1, round(stop_V / 0.05) + 1):
                amplitude_V = sign * round(0.05 * step, 9)
                fire(device, amplitude_V)
                read(cycle, phase, amplitude_V, FIELD_T[sign])
    columns = ["cycle", "phase", "amplitude_V", "field_T", "resistance_ohm"]
    points = pd.DataFrame(rows, columns=columns)
    width_s = points["amplitude_V"].where(points["amplitude_V"].isna(), WIDTH_s)
    return points.assign(pulse_width_s=width_s, current_A=READ_A)


def pulses_until_written(
    name: str,
    model: StateModel,
    target: int,
    next_V: Callable[[np.ndarray, PulseHistory], np.ndarray],
) -> np.ndarray:
    """Write 1,000 saturated copies of the simulated device; return the pulses each took, ≤ 80."""
    device = Device(load_device(name), seed=99, count=1000)
    means = np.array([level.resistance_ohm.value for level in model.levels])
    between = (means[1:] + means[:-1]) / 2

    def read() -> np.ndarray:
        found_ohm = device.junction_voltage_V(READ_A, 20e-3) / READ_A
        return len(between) - np.searchsorted(between[::-1], found_ohm)

    device.drive(0.0, 1.0, SATURATION_T[name])
    level, withstood = read(), PulseHistory.empty(device.count)
    pulses = np.zeros(device.count)
    for _ in range(80):
        amplitude_V = np.where(level == target, 0, next_V(level, withstood))
        if not amplitude_V.any():
            break
        pulses += amplitude_V != 0
        fire(device, amplitude_V)
        before, level = level, read()
        withstood = withstood.after(amplitude_V, level != before)
    return pulses


def by_policy(policy: WritePolicy, target: int) -> Callable[[np.ndarray, PulseHistory], np.ndarray]:
    return lambda level, withstood: policy.amplitude_V(target, level, withstood)


def by_staircase(
    target: int, first_V: float, step_V: float
) -> Callable[[np.ndarray, PulseHistory], np.ndarray]:
    """Fire ever larger pulses below the target, the largest reset beyond it, then begin anew."""

    def next_V(level: np.ndarray, withstood: PulseHistory) -> np.ndarray:
        up = np.clip(withstood.positive_V + step_V, first_V, 4.5)
        stuck = withstood.positive_V >= 4.5
        return np.where((level > target) | stuck, -4.0, up)

    return next_V


@pytest.mark.parametrize(
    ("name", "stops_V", "cycles"),
    [("straight", (2.9, 3.3, 3.7, 4.5), 60), ("trapezoid", (2.2, 3.25, 4.0), 6)],
)
def test_the_device_needs_the_pulses_expected_and_fewer_than_by_staircases(
    name: str, stops_V: tuple[float, ...], cycles: int
) -> None:
    """Within a third: pulses are chosen that happened to hit in 60 cycles; seeds are fixed."""
    run = CalibrationRun(cycling(name, stops_V, cycles), name, 1)
    model = calibrate([run], name)
    policy = write_verify_policy(model)
    for target in range(1, policy.levels):
        needed = pulses_until_written(name, model, target, by_policy(policy, target))
        assert needed.max() < 80
        assert needed.mean() == pytest.approx(policy.pulses[target, policy.start], rel=0.35)
        for first_V, step_V in ((2.5, 0.1), (3.0, 0.2)):
            staircase = by_staircase(target, first_V, step_V)
            by_steps = pulses_until_written(name, model, target, staircase)
            assert needed.mean() <= by_steps.mean() + 0.1
