"""Does the analysis tell the truth? Random devices, measured through the whole bench, calibrated.

Each device is drawn with its own geometry, levels, notches and noise (see `_random_devices`),
mounted in a virtual lab, measured through drivers, PyVISA and SCPI with a minor loop and a
staircase of 15 cycles, stored, and calibrated. The truth comes from the device alone: thousands of
copies put into each level, or driven up the same ladder. The table says in how many cases the 95 %
intervals hold it; a level counts where all levels of its device were found. Ends with 1 where a
share is outside 92 to 98 % by more than chance allows, or the number of levels is right in fewer
than 98 % of the devices with 6 σ or more. `recovery.py 40` measures 40 devices instead of 200.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
from rich.progress import track

from dwmtj.analysis import (
    AnalysisError,
    Estimate,
    conductance_levels,
    critical_voltage,
    find_switches,
    find_thresholds,
    measure_levels,
)
from dwmtj.analysis.calibration import calibrate_stored
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.arrays import Floats
from dwmtj.benchmarks._coverage import within_limits
from dwmtj.benchmarks._random_devices import (
    BIAS_FIELD_T,
    SATURATION_FIELD_T,
    EDGE_s,
    RandomDevice,
    WIDTH_s,
    climb,
    draw_device,
)
from dwmtj.instruments import Bench, load_bench_file, open_bench
from dwmtj.instruments.stop_conditions import StopConditions
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.device import Device, DeviceParameters
from dwmtj.simulators.device.device_file import device_toml
from dwmtj.storage import Store

DEVICES = 200
CYCLES = 15
COPIES, LADDERS = 20_000, 4000
INTEGRATION_s = 0.02
LEVELS_RIGHT, WELL_APART = 0.98, 6.0


@dataclass(frozen=True, slots=True)
class Case:
    """One quantity of one device: the truth, the estimate, and whether the interval holds it."""

    quantity: str
    covered: bool
    error: float
    """(estimate − truth) / truth."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one device gave."""

    device: int
    geometry: str
    separation: float
    levels: int
    found: int
    cases: tuple[Case, ...]


def main(count: int = DEVICES) -> int:
    one_thread = partial(numba.set_num_threads, 1)  # the processes share the cores among them
    with ProcessPoolExecutor(os.cpu_count(), initializer=one_thread) as pool:
        outcomes = list(track(pool.map(measured, range(count)), f"{count} devices", total=count))
    failed = [not counted_right(outcomes)]
    print("| 95 % interval of | cases | hold the truth | median error | |")
    print("|---|---|---|---|---|")
    for quantity in dict.fromkeys(case.quantity for o in outcomes for case in o.cases):
        cases = [case for o in outcomes for case in o.cases if case.quantity == quantity]
        failed.append(not printed(quantity, cases))
    return int(any(failed))


def counted_right(outcomes: Sequence[Outcome]) -> bool:
    print("| nearest levels apart | devices | number of levels right |")
    print("|---|---|---|")
    good = True
    for low, high in ((3.0, 4.0), (4.0, 6.0), (WELL_APART, 50.0)):
        right = [o.found == o.levels for o in outcomes if low <= o.separation < high]
        share = float(np.mean(right))
        print(f"| {low:g} to {high:g} σ | {len(right)} | {share:.1%} |")
        good = low < WELL_APART or share >= LEVELS_RIGHT
    wrong = [o for o in outcomes if o.separation >= WELL_APART and o.found != o.levels]
    for o in wrong:
        print(f"device {o.device} ({o.geometry}): {o.levels} levels, found {o.found}")
    return good


def printed(quantity: str, cases: Sequence[Case]) -> bool:
    share = float(np.mean([case.covered for case in cases]))
    error = float(np.median([abs(case.error) for case in cases]))
    good = within_limits(sum(case.covered for case in cases), len(cases))
    print(f"| {quantity} | {len(cases)} | {share:.1%} | {error:.2%} | {'' if good else '✗'} |")
    return good


def measured(number: int) -> Outcome:
    """Draw device `number`, measure it through the bench, calibrate it, compare with the truth."""
    rng = np.random.default_rng([2026, number])
    device = draw_device(rng, ("trapezoid", "straight")[number % 2])
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "device.toml").write_text(device_toml(device.parameters))
        (here / "lab.toml").write_text(lab_text())
        bench_file = load_bench_file("virtual-trapezoid").model_copy(
            update={
                "visa_library": f"{here / 'lab.toml'}?seed={number}@dwmtj",
                "stop": StopConditions(),  # random devices lie outside of the trapezoid's window
            }
        )
        with open_bench(bench_file) as bench, Store.open(here / "lab.sqlite") as store:
            loop, write = both_runs(device, bench, store)
            cases, found = compared(device, store, loop, write)
    return Outcome(number, device.geometry, device.separation, device.levels, found, cases)


def lab_text() -> str:
    from dwmtj.simulators.bench import lab_file

    text = (Path(lab_file.__file__).parent / "labs" / "trapezoid.toml").read_text()
    return text.replace('"trapezoid"', '"device.toml"')


def both_runs(device: RandomDevice, bench: Bench, store: Store) -> tuple[int, int]:
    shape = {"pulse_width_s": WIDTH_s, "rise_s": EDGE_s, "fall_s": EDGE_s}
    read = {"read_current_A": device.read_current_A}
    loop = make_protocol("minor-loop", {"largest_field_T": 0.07, "step_T": 0.002, **read})
    amplitudes = device.amplitudes_V
    write = make_protocol(
        "staircase-write",
        {
            **shape,
            **read,
            "cycles": CYCLES,
            "amplitude_start_V": amplitudes[0],
            "amplitude_stop_V": amplitudes[-1],
            "amplitude_step_V": round(device.step_V, 6),
            "bias_field_T": BIAS_FIELD_T,
            "saturation_field_T": SATURATION_FIELD_T,
        },
    )
    outcomes = [run(procedure, bench, store) for procedure in (loop, write)]
    return outcomes[0].run_id, outcomes[1].run_id


def compared(
    device: RandomDevice, store: Store, loop: int, write: int
) -> tuple[tuple[Case, ...], int]:
    points = store.points(write)
    try:
        report = measure_levels(points)
        model = calibrate_stored(store, [loop, write], "device")
    except AnalysisError:  # a single level
        return (), 1
    if len(report.levels) != device.levels or len(model.levels) != device.levels:
        return (), len(report.levels)
    cases: list[Case] = []
    for level, readings in zip(report.levels, level_readings(device), strict=True):
        cases.append(case("level mean", level.resistance_ohm, readings.mean()))
        cases.append(case("level σ", level.sigma_ohm, readings.std()))
    conductances = conductance_levels(report.levels)
    for conductance, readings in zip(conductances, level_readings(device), strict=True):
        cases.append(case("level G", conductance.conductance_S, (1 / readings).mean()))
        cases.append(case("level σ_G", conductance.sigma_S, (1 / readings).std()))
    switches = find_switches(points, report.levels)
    for number, (mean_V, sigma_V) in enumerate(arrival_truth(device), start=1):
        found = critical_voltage(switches, number)
        if found is None or found.cycles < 2:
            continue
        cases.append(case("V_C", found.voltage_V, mean_V))
        cases.append(case("σ of V_C", found.sigma_V, sigma_V))
    for threshold in find_thresholds(points, report.levels):
        if threshold.level > 0:
            mean_V = threshold_truth(device.parameters, device.amplitudes_V, threshold.level)
            cases.append(case("depinning threshold", threshold.voltage_V, mean_V))
    cases.extend(ratio_case(device, model))
    return tuple(cases), len(report.levels)


def ratio_case(device: RandomDevice, model: StateModel) -> Iterator[Case]:
    found = model.metaplasticity
    if found is None or "injection" in found.source.method:  # too few notches for a line
        return
    ratio, truth = found.width_ratio, ratio_truth(device)
    low, high = ratio.low or -np.inf, ratio.high or np.inf
    yield Case("w1/w2", low <= truth <= high, ratio.value / truth - 1)


def case(quantity: str, found: Estimate, truth: float) -> Case:
    return Case(quantity, truth in found, found.value / truth - 1)


def level_readings(device: RandomDevice) -> list[Floats]:
    """Return readings of many copies in each level (ohm)."""
    readings = []
    for level in range(device.levels):
        copies = Device(device.parameters, seed=level, count=COPIES)
        copies.place(level)
        volts = copies.junction_voltage_V(device.read_current_A, INTEGRATION_s)
        readings.append(volts / device.read_current_A)
    return readings


def arrival_truth(device: RandomDevice) -> list[tuple[float, float]]:
    """Return mean and σ of the voltage that first brings a wall to each level but the first."""
    sites = climb(device.parameters, device.amplitudes_V, LADDERS, seed=1)
    moments = []
    for level in range(1, device.levels):
        first_V = first_voltages(device.amplitudes_V, sites == level)
        square = max(float(first_V.var()) - device.step_V**2 / 12, 0.0)
        moments.append((float(first_V.mean()), square**0.5))
    return moments


def threshold_truth(
    parameters: DeviceParameters, amplitudes_V: Sequence[float], site: int
) -> float:
    """Return the mean voltage that frees a wall which stood at the site from the start."""
    sites = climb(parameters, amplitudes_V, LADDERS, seed=2, start=site)
    return float(first_voltages(amplitudes_V, sites != site).mean())


def ratio_truth(device: RandomDevice) -> float:
    """Return the ratio of the thresholds of nominal notches at both ends of the junction."""
    fine_V = np.arange(0.1, 8.0, device.step_V).tolist()
    narrow_V, wide_V = (threshold_truth(device.ends, fine_V, site) for site in (1, 2))
    return narrow_V / wide_V


def first_voltages(amplitudes_V: Sequence[float], happened: npt.NDArray[np.bool_]) -> Floats:
    """Return half a step below where it first happened, for each ladder where it did."""
    ladder_V = np.array(amplitudes_V)
    middle_V = ladder_V - (ladder_V[1] - ladder_V[0]) / 2
    return np.asarray(middle_V[happened.argmax(axis=0)][happened.any(axis=0)])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
