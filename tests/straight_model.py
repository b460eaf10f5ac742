"""A model of the straight synapse, from a cycling of the simulated one: something to write with."""

import numpy as np
import pandas as pd

from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.simulators.device import Device, load_device


def calibrate_straight() -> StateModel:
    """Return its model, cycled both ways at −4 mT up to four amplitudes, 15 times each."""
    device = Device(load_device("straight"), seed=1)
    device.drive(0.0, 1.0, -0.12)
    rows: list[tuple[int, str, float, float]] = []

    def read(cycle: int, phase: str, amplitude_V: float = np.nan) -> None:
        resistance_ohm = float(device.junction_voltage_V(20e-6, 20e-3)[0]) / 20e-6
        rows.append((cycle, phase, amplitude_V, resistance_ohm))

    read(0, "saturate")
    for cycle in range(60):
        for sign, stop_V in ((1, (2.9, 3.3, 3.7, 5.5)[cycle % 4]), (-1, 5.0)):
            phase = "write" if sign > 0 else "reset"
            read(cycle, "bias")
            for step in range(1, round(stop_V / 0.05) + 1):
                device.drive(sign * 0.05 * step, 50e-9, -0.004, rise_s=12.5e-9, fall_s=12.5e-9)
                device.drive(0.0, 1e-3, -0.004)
                read(cycle, phase, sign * round(0.05 * step, 9))
    points = pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])
    width_s = points["amplitude_V"].where(points["amplitude_V"].isna(), 50e-9)
    field_T = np.where(points["phase"] == "saturate", -0.12, -0.004)
    parameters = {
        "saturation_field_T": -0.12,
        "write_bias_T": -0.004,
        "reset_bias_T": -0.004,
        "pulse_width_s": 50e-9,
        "rise_s": 10e-9,
        "fall_s": 10e-9,
        "read_current_A": 20e-6,
    }
    run = CalibrationRun(
        points=points.assign(pulse_width_s=width_s, current_A=20e-6, field_T=field_T),
        device="straight",
        run=1,
        protocol="write-reset-cycling",
        database="lab.sqlite",
        code_version="0",
        parameters=parameters,
    )
    return calibrate([run], "straight")
