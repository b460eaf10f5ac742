"""Time to analyse a cycling run of a million points, from its data frame to all its numbers.

The run is that of simulated trapezoids: every cycle is a device of its own kind and random numbers,
written and reset in steps of 10 mV.
"""

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from dwmtj.analysis import (
    conductance_levels,
    critical_voltage,
    find_switches,
    fit_depinning,
    fit_update,
    levels_crossed_shares,
    measure_endurance,
    measure_levels,
    one_step_resets,
    state_maps,
    switching_trials,
)
from dwmtj.simulators.device import Device, load_device

POINTS = 1_000_000
AMPLITUDES_V = np.arange(10, 401) / 100
PHASES = (("write", 1.0, -4e-3), ("reset", -1.0, -42e-3))
READ_CURRENT_A = 100e-6
WIDTH_s, EDGE_s = 50e-9, 10e-9
TARGET_s = 5.0


def cycling_run() -> pd.DataFrame:
    """Return the points of a write-reset-cycling run as the store gives them out."""
    cycles = round(POINTS / (2 * (len(AMPLITUDES_V) + 1)))
    devices = Device(load_device("trapezoid"), seed=1, count=cycles)
    devices.drive(0.0, 10e-3, field_T=50e-3)
    columns = list(zip(*_readings(devices), strict=True))
    phase, amplitude_V, field_T, resistance_ohm = columns
    steps = len(phase)
    fired = np.tile(np.array(amplitude_V, dtype=float), cycles)
    return pd.DataFrame(
        {
            "phase": np.tile(np.array(phase, dtype=object), cycles),
            "cycle": np.repeat(np.arange(cycles), steps),
            "time_s": 0.02 * np.arange(cycles * steps),
            "amplitude_V": fired,
            "pulse_width_s": np.where(np.isnan(fired), np.nan, WIDTH_s),
            "field_T": np.tile(np.array(field_T), cycles),
            "resistance_ohm": np.array(resistance_ohm).T.ravel(),
        }
    )


def _readings(devices: Device) -> Iterator[tuple[str, float, float, np.ndarray]]:
    for phase, sign, field_T in PHASES:
        devices.drive(0.0, 10e-3, field_T=field_T)
        yield "bias", np.nan, field_T, _read(devices)
        for amplitude_V in AMPLITUDES_V:
            devices.drive(sign * amplitude_V, WIDTH_s, field_T, EDGE_s, EDGE_s)
            devices.drive(0.0, 10e-3, field_T=field_T)
            yield phase, sign * amplitude_V, field_T, _read(devices)


def _read(devices: Device) -> np.ndarray:
    return devices.junction_voltage_V(READ_CURRENT_A, 20e-3) / READ_CURRENT_A


def analyse(points: pd.DataFrame, told: Callable[[str], None]) -> None:
    """Compute everything, telling after each part what it was."""
    levels = measure_levels(points).levels
    told("levels")
    switches = find_switches(points, levels)
    levels_crossed_shares(switches)
    one_step_resets(switches, levels)
    told("switches")
    for phase, _, _ in PHASES:
        for level in range(len(levels)):
            critical_voltage(switches, level, phase)
    told("V_C")
    state_maps(points, levels)
    told("state map")
    conductances = [level.conductance_S.value for level in conductance_levels(levels)]
    told("conductances")
    fit_update(np.interp(np.linspace(0, 1, 9), np.linspace(0, 1, len(levels)), conductances), 4)
    told("update")
    measure_endurance(points, levels, switches)
    told("endurance")
    fit_depinning(switching_trials(points, levels, 1, "write"), spread=True)
    told("depinning")


def measure(points: pd.DataFrame) -> dict[str, float]:
    """Return the seconds that each part took."""
    parts: dict[str, float] = {}
    since = time.perf_counter()

    def told(part: str) -> None:
        nonlocal since
        now = time.perf_counter()
        parts[part], since = now - since, now

    analyse(points, told)
    return parts


def main() -> None:
    """Print one line: name, median of five, target; and below it what takes how long."""
    points = cycling_run()
    measure(points)
    rounds = [measure(points) for _ in range(5)]
    median_s = statistics.median(sum(parts.values()) for parts in rounds)
    print(f"analysis: {len(points):,} points in {median_s:.2f} s, target ≤ {TARGET_s:.0f} s")
    shares = {part: statistics.median(parts[part] for parts in rounds) for part in rounds[0]}
    print("  " + ", ".join(f"{part} {seconds:.2f} s" for part, seconds in shares.items()))


if __name__ == "__main__":
    main()
