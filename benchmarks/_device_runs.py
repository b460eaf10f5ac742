"""Staircases on simulated devices without a bench: thousands of points in a tenth of a second."""

import numpy as np
import pandas as pd

from dwmtj.benchmarks._random_devices import (
    BIAS_FIELD_T,
    SATURATION_FIELD_T,
    EDGE_s,
    RandomDevice,
    REST_s,
    WIDTH_s,
)
from dwmtj.simulators.device import Device

INTEGRATION_s = 0.02


def staircase(device: RandomDevice, cycles: int, seed: int) -> pd.DataFrame:
    """Return the points of cycles of rising pulses from saturation; `site` is where the wall is."""
    wall = Device(device.parameters, seed=seed)
    ohm, site = [], []
    for _ in range(cycles):
        wall.drive(0.0, 1.0, SATURATION_FIELD_T)
        for amplitude_V in device.amplitudes_V:
            wall.drive(amplitude_V, WIDTH_s, BIAS_FIELD_T, EDGE_s, EDGE_s)
            wall.drive(0.0, REST_s, BIAS_FIELD_T)
            volt = wall.junction_voltage_V(device.read_current_A, INTEGRATION_s)
            ohm.append(float(volt[0]) / device.read_current_A)
            site.append(int(wall.site[0]))
    pulses = len(device.amplitudes_V)
    return pd.DataFrame(
        {
            "cycle": np.repeat(np.arange(cycles), pulses),
            "phase": "write",
            "amplitude_V": np.tile(device.amplitudes_V, cycles),
            "pulse_width_s": WIDTH_s,
            "resistance_ohm": ohm,
            "site": site,
        }
    )
