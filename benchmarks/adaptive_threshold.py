"""Does asking well pay? The adaptive threshold against a staircase of 0.01 V, on random devices.

200 devices, trapezoids and straight tracks in turn, drawn as in `recovery`. Of each, the threshold
of one level is measured twice: by `CYCLES` staircases of 0.01 V from saturation, whose V_C is the
mean of the amplitudes at which the level was left, and by `adaptive-threshold` until its interval
is no wider, with at most a fifth (`PART`) of their pulses. Even pairs of devices have the saturated
level measured, odd ones the first notch, in which one pulse prepares the wall. The levels are found
first in `SCOUTS` staircases of 0.1 V; their pulses, and those that prepare, count. The staircase's
pulses count up to the departure only. The truth of the adaptive threshold is P(V) of 20,000 copies
under one pulse each: V_C where half of them move, σ half the way from 16 to 84 %.

The protocol runs on the device itself, not through VISA, so that 200 devices take minutes. Ends
with 1 if the intervals hold in fewer than 92 or more than 98 %, or a device took more than a fifth
of the pulses. `adaptive_threshold.py 40` measures 40 devices.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, cast

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.progress import track

from dwmtj.analysis import AnalysisError, find_levels, threshold_between
from dwmtj.analysis.intervals import mean_ci
from dwmtj.arrays import Floats
from dwmtj.benchmarks._random_devices import (
    BIAS_FIELD_T,
    SATURATION_FIELD_T,
    EDGE_s,
    RandomDevice,
    REST_s,
    WIDTH_s,
    climb,
    draw_device,
)
from dwmtj.instruments import Bench, PulseShape, Reading
from dwmtj.protocols import AdaptiveThreshold, ProtocolError, make_protocol
from dwmtj.simulators.device import Device
from dwmtj.storage import Point
from dwmtj.thresholds.result import ThresholdResult, posterior_of, result_of
from dwmtj.thresholds.trials import TrialReading, trial_of

DEVICES, CYCLES, SCOUTS, COPIES = 200, 15, 3, 20_000
STEP_V, SCOUT_STEP_V = 0.01, 0.1
INTEGRATION_s = 0.02
LOWEST, HIGHEST, PART = 0.92, 0.98, 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one device gave; `result` is None where `failure` says why."""

    device: int
    geometry: str
    level: int
    true_V: float
    true_sigma_V: float
    staircase_interval_V: float
    staircase_V: float
    staircase_pulses: int
    pulses: int
    result: ThresholdResult | None
    failure: str = ""


@dataclass(slots=True)
class DeviceBench:
    """All roles of a bench in one, on a device without instruments."""

    device: Device
    pulses: int = 0
    field_T: float = 0.0
    time_s: float = 0.0
    shape: PulseShape = field(default_factory=lambda: PulseShape(WIDTH_s, EDGE_s, EDGE_s))
    current_A: float = 1e-4

    has_magnet: ClassVar[bool] = True

    def read_temperature_K(self) -> float | None:
        return None

    def arm(self, what: PulseShape | float) -> None:
        if isinstance(what, PulseShape):
            self.shape = what
        else:
            self.current_A = what

    def fire(self, amplitude_V: float) -> None:
        self.pulses += 1
        shape = self.shape
        self.device.drive(amplitude_V, shape.width_s, self.field_T, shape.rise_s, shape.fall_s)
        self.device.drive(0.0, REST_s, self.field_T)

    def set_field(self, field_T: float) -> float:
        self.field_T = field_T
        self.device.drive(0.0, 1.0, field_T)
        return field_T

    def read(self) -> Reading:
        self.time_s += INTEGRATION_s
        volts = self.device.junction_voltage_V(self.current_A, INTEGRATION_s)
        return Reading(float(volts[0]), self.current_A)

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s

    def __getattr__(self, role: str) -> "DeviceBench":
        if role in ("generator", "magnet", "meter", "clock"):
            return self
        raise AttributeError(role)


def main(count: int = DEVICES) -> int:
    one_thread = partial(numba.set_num_threads, 1)
    with ProcessPoolExecutor(os.cpu_count(), initializer=one_thread) as pool:
        found = list(track(pool.map(measured, range(count)), f"{count} devices", total=count))
    good = True
    print("| devices | determined | V_C held | σ held | interval | pulses | of the staircase's |")
    print("|---|---|---|---|---|---|---|")
    for name, chosen in groups(found):
        held, part = printed(name, chosen)
        if name == "all":
            good = LOWEST <= held <= HIGHEST and part <= PART
    for one in found:
        print_exception(one)
    return int(not good)


def print_exception(one: Outcome) -> None:
    """Print a device that was not determined, or whose interval does not hold V_C."""
    where = f"device {one.device} ({one.geometry}, level {one.level})"
    if one.result is None or not one.result.is_determined:
        print(f"{where}: {one.failure or (one.result.reason if one.result else '')}")
    elif not inside(one.true_V, one.result.threshold_V):
        print(f"{where}: {(one.result.threshold_V[0] - one.true_V) / one.true_sigma_V:+.2f} σ")


def groups(found: list[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    yield "all", found
    for geometry in ("trapezoid", "straight"):
        yield geometry, [one for one in found if one.geometry == geometry]
    for level, name in ((0, "saturated level"), (1, "first notch")):
        yield name, [one for one in found if one.level == level]


def printed(name: str, found: list[Outcome]) -> tuple[float, float]:
    """Print a row; return how often V_C is held and the largest part of the staircase's pulses."""
    pairs = [(one, one.result) for one in found if one.result and one.result.is_determined]
    held = float(np.mean([inside(one.true_V, result.threshold_V) for one, result in pairs]))
    sigma = float(np.mean([inside(one.true_sigma_V, result.sigma_V) for one, result in pairs]))
    widths = [
        (result.threshold_V[2] - result.threshold_V[1]) / one.staircase_interval_V
        for one, result in pairs
    ]
    parts = [one.pulses / one.staircase_pulses for one, _ in pairs]
    wider = sum(bool(result.remark) for _, result in pairs)
    pulses = np.median([one.pulses for one, _ in pairs])
    print(
        f"| {name}: {len(found)} | {len(pairs)} | {held:.1%} | {sigma:.1%} | "
        f"{np.median(widths):.2f}, largest {np.max(widths):.2f}, {wider} wider | {pulses:.0f} | "
        f"{np.median(parts):.1%}, largest {np.max(parts):.1%} |",
        flush=True,
    )
    return held, float(np.max(parts))


def inside(truth: float, ends: tuple[float, float, float]) -> bool:
    return ends[1] <= truth <= ends[2]


def measured(number: int) -> Outcome:
    """Draw device `number`, measure one of its levels both ways, compare with the truth."""
    rng = np.random.default_rng([2027, number])
    device = draw_device(rng, ("trapezoid", "straight")[number % 2])
    level = number // 2 % 2 if device.levels > 2 else 0
    stop_V = round(device.amplitudes_V[-1], 2)
    left_V, step_pulses = staircase(device, level, stop_V, number)
    interval = mean_ci(left_V)
    prepare_V = prepared_by(device, stop_V, number) if level else 0.0
    true_V, true_sigma_V = single_pulse_truth(device, level, prepare_V, stop_V)
    width_V = max(interval.high - interval.low, STEP_V)
    bench = DeviceBench(Device(device.parameters, seed=number))
    about = (number, device.geometry, level, true_V, true_sigma_V, width_V, interval.value)
    try:
        protocol = adaptive(device, bench, level, prepare_V, stop_V, width_V)
        protocol.most_pulses = int(PART * step_pulses) - bench.pulses
        result = run_protocol(protocol, bench)
    except (AnalysisError, ProtocolError) as error:
        return Outcome(*about, step_pulses, bench.pulses, None, str(error))
    return Outcome(*about, step_pulses, bench.pulses, result)


def staircase(device: RandomDevice, level: int, stop_V: float, seed: int) -> tuple[Floats, int]:
    """Return the voltages at which staircases left the level, and their pulses until then."""
    amplitudes_V = np.arange(STEP_V, stop_V + STEP_V / 2, STEP_V)
    sites = climb(device.parameters, amplitudes_V.tolist(), 4 * CYCLES, seed)
    left_V, pulses = [], 0
    for column in sites.T:
        gone = np.flatnonzero(column > level)
        pulses += int(gone[0]) + 1 if len(gone) else len(column)
        if len(gone) and (level == 0 or column[gone[0] - 1] == level):
            left_V.append(amplitudes_V[gone[0]] - STEP_V / 2)
        if len(left_V) == CYCLES:
            break
    return np.array(left_V), pulses


def prepared_by(device: RandomDevice, stop_V: float, seed: int) -> float:
    """Return the amplitude of 0.1 V steps that most often leaves a wall in the first notch."""
    amplitudes_V = np.arange(SCOUT_STEP_V, stop_V, SCOUT_STEP_V)
    shares = [float(np.mean(pulsed(device, 0, volt, 300, seed) == 1)) for volt in amplitudes_V]
    good = np.flatnonzero(np.array(shares) > 0.97 * max(shares))
    return float(round(amplitudes_V[good[0]], 3))


def pulsed(
    device: RandomDevice, level: int, amplitude_V: float | Floats, copies: int, seed: int
) -> npt.NDArray[np.int64]:
    wall = Device(device.parameters, seed=seed, count=copies)
    wall.place(level)
    wall.drive(amplitude_V, WIDTH_s, BIAS_FIELD_T, EDGE_s, EDGE_s)
    return wall.site


def single_pulse_truth(
    device: RandomDevice, level: int, prepare_V: float, stop_V: float
) -> tuple[float, float]:
    """Return V_C and σ of P(V) under single pulses at walls prepared as the protocol does."""
    low_V, middle_V, high_V = _rise(device, level, prepare_V, (0.3, 1.1 * stop_V))
    for _ in range(2):  # each time where the one before rises
        reach_V = 3 * (high_V - low_V) + STEP_V
        near = (max(prepare_V, middle_V - reach_V), middle_V + reach_V)
        low_V, middle_V, high_V = _rise(device, level, prepare_V, near)
    return middle_V, (high_V - low_V) / 2


def _rise(
    device: RandomDevice, level: int, prepare_V: float, ends_V: tuple[float, float]
) -> tuple[float, float, float]:
    """Return where P(V) of copies at amplitudes between two ends passes 16, 50 and 84 %."""
    volts = np.linspace(*ends_V, COPIES)
    wall = Device(device.parameters, seed=99, count=COPIES)
    wall.place(0)
    if prepare_V:
        wall.drive(prepare_V, WIDTH_s, BIAS_FIELD_T, EDGE_s, EDGE_s)
        wall.drive(0.0, REST_s, BIAS_FIELD_T)
    prepared = wall.site == level
    wall.drive(volts, WIDTH_s, BIAS_FIELD_T, EDGE_s, EDGE_s)
    from sklearn.isotonic import IsotonicRegression

    moved = (wall.site > level)[prepared].astype(float)
    rises = IsotonicRegression().fit_transform(volts[prepared], moved)
    low_V, middle_V, high_V = np.interp((0.1587, 0.5, 0.8413), rises, volts[prepared])
    return float(low_V), float(middle_V), float(high_V)


def adaptive(
    device: RandomDevice,
    bench: DeviceBench,
    level: int,
    prepare_V: float,
    stop_V: float,
    width_V: float,
) -> AdaptiveThreshold:
    """Find the levels in a few coarse staircases, and return the protocol that they allow."""
    amplitudes_V = np.arange(SCOUT_STEP_V, stop_V + SCOUT_STEP_V / 2, SCOUT_STEP_V)
    bench.arm(device.read_current_A)
    rows = []
    for cycle in range(SCOUTS):
        bench.set_field(SATURATION_FIELD_T)
        bench.set_field(BIAS_FIELD_T)
        for volt in amplitudes_V.tolist():
            bench.fire(volt)
            rows.append((cycle, "write", volt, bench.read().resistance_ohm))
    columns = ["cycle", "phase", "amplitude_V", "resistance_ohm"]
    levels = find_levels(pd.DataFrame(rows, columns=columns))
    threshold_ohm = threshold_between(levels, level)
    nearest_ohm = min(abs(one.mean_ohm - threshold_ohm) for one in levels[level : level + 2])
    margin_ohm = 0.2 * nearest_ohm
    made = make_protocol(
        "adaptive-threshold",
        {
            "amplitude_start_V": max(0.1, prepare_V),
            "amplitude_stop_V": stop_V,
            "interval_V": width_V,
            "prepare_V": prepare_V,
            "saturation_field_T": SATURATION_FIELD_T,
            "bias_field_T": BIAS_FIELD_T,
            "read_current_A": device.read_current_A,
            "threshold_ohm": threshold_ohm,
            "margin_ohm": margin_ohm,
            "upper_ohm": threshold_between(levels, level - 1) if level else 0.0,
        },
    )
    assert isinstance(made, AdaptiveThreshold)
    return made


def run_protocol(protocol: AdaptiveThreshold, bench: DeviceBench) -> ThresholdResult:
    cycles: dict[int, list[Point]] = {}
    for point in protocol.steps(cast("Bench", bench)):
        cycles.setdefault(point.cycle, []).append(point)
    trials = [
        trial_of(
            [TrialReading(p.phase, p.amplitude_V, p.resistance_ohm) for p in points],
            protocol.judgement,
        )
        for points in cycles.values()
    ]
    return result_of(posterior_of(trials, protocol.prior), trials, protocol.prepare_V)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
