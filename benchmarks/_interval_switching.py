"""Pulses whose switching is known: shares, switching voltages, slopes over the cycles."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit

from dwmtj.analysis.estimate import Estimate
from dwmtj.analysis.intervals import proportion_ci
from dwmtj.analysis.levels.find import Level
from dwmtj.analysis.state_model.transitions import leaving_voltage
from dwmtj.analysis.switching.endurance import measure_endurance
from dwmtj.analysis.switching.routes import critical_voltages
from dwmtj.analysis.switching.voltages import (
    SwitchingEvent,
    find_switches,
    voltage_statistics,
)
from dwmtj.benchmarks._coverage import Case, events_seen
from dwmtj.benchmarks.transitions import Truth, as_pulses, count, draw_truth

TRIALS = (3, 10, 30, 100, 400)


def share_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of a probability, by how many of the trials hit or missed."""
    for number in range(devices):
        trials = TRIALS[number % len(TRIALS)]
        edge = np.log(0.001 / trials)
        p = float(expit(rng.uniform(edge, -edge)))
        hits = int(rng.binomial(trials, p))
        rarer = min(hits, trials - hits)
        few = "30 or fewer" if trials <= 30 else "100 or more"
        yield Case(
            f"share of {few} trials",
            events_seen(rarer),
            p in proportion_ci(hits, trials),
            not rarer,
        )


def endurance_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of drifts over the cycles and of the probability of a failed cycle."""
    for _ in range(devices):
        cycles = int(rng.choice([3, 10, 100]))
        drift_ohm, drift_V = rng.normal(0, 1.0 / cycles), rng.normal(0, 0.2 / cycles)
        fails = float(np.exp(rng.uniform(np.log(0.1 / cycles), np.log(0.1))))
        sigma_V = np.exp(rng.uniform(np.log(0.01), np.log(0.1)))
        run, failed = _drifting_run(rng, cycles, drift_ohm, drift_V, sigma_V, fails)
        levels = [Level(Estimate(r, r, r), Estimate(0.5, 0.5, 0.5), 10) for r in (100.0, 80.0)]
        switches = find_switches(run, levels)
        found = measure_endurance(run, levels, switches)
        kind = f"{cycles} cycles"
        if np.isfinite(found.level_drift_ohm[1].high):
            yield Case("drift of a level per cycle", kind, drift_ohm in found.level_drift_ohm[1])
        if len(found.expected_levels) < 2:
            continue
        yield Case(
            "drift of V_C per cycle",
            kind,
            drift_V in found.voltage_drift_V["write", 1],
            cycles == 3,
        )
        seen = "none seen" if not failed else "some seen"
        yield Case(
            "probability of a failed cycle",
            f"{kind}, {seen}",
            fails in found.failure_probability,
            not failed,
        )


def leaving_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the amplitude that leaves a level, by events."""
    for _ in range(devices):
        cycles = int(rng.choice([3, 10, 100]))
        truth = draw_truth(rng)
        pulses = as_pulses(truth, count(truth, cycles, rng))
        for level in range(truth.matrices.shape[-1] - 1):
            found = leaving_voltage(pulses, level)
            mean_V = _true_leaving(truth, level)
            if found is None or found[2] < 2 or mean_V is None:
                continue
            low, high = found[0].low, found[0].high
            assert low is not None and high is not None
            kind = (
                "2 to 5 events"
                if found[2] <= 5
                else "6 to 20 events"
                if found[2] <= 20
                else "more events"
            )
            fine = found[1] > 2 * _step_V(truth)
            kind += ", fine steps" if fine else ", coarse steps"
            yield Case("amplitude that leaves a level", kind, low <= mean_V <= high, not fine)


def _true_leaving(truth: Truth, level: int) -> float | None:
    """Return the mean, half a step below, of the amplitude at which a level is left."""
    volts, matrices = truth.amplitudes_V, truth.matrices
    step = _step_V(truth)
    state = np.eye(matrices.shape[-1])[0]
    left = np.zeros(len(volts))
    for rung, matrix in enumerate(matrices):
        left[rung] = state[level] * (1 - matrix[level, level])
        state = state @ matrix
    return float(left @ (volts - step / 2) / left.sum()) if left.sum() > 0.05 else None


def _step_V(truth: Truth) -> float:
    volts = truth.amplitudes_V
    return float(np.diff(volts).min()) if len(volts) > 1 else float(volts[0])


def _drifting_run(
    rng: np.random.Generator,
    cycles: int,
    drift_ohm: float,
    drift_V: float,
    sigma_V: float,
    fails: float,
) -> tuple[pd.DataFrame, int]:
    ladder = np.round(np.arange(2.0, 4.0, 0.02), 2)
    frames, failed = [], 0
    for cycle in range(cycles):
        late = rng.random() < fails
        failed += late
        threshold = 9.0 if late else 3.0 + drift_V * (cycle - cycles / 2) + sigma_V * rng.normal()
        after = ladder > threshold
        seat = np.array([100.0, 80.0]) + drift_ohm * cycle + 0.3 * rng.normal(size=2)
        ohm = seat[after.astype(int)] + rng.normal(0, 0.05, len(ladder))
        frames.append(
            pd.DataFrame(
                {"cycle": cycle, "phase": "write", "amplitude_V": ladder, "resistance_ohm": ohm}
            )
        )
    return pd.concat(frames, ignore_index=True), failed


def voltage_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of V_C and its σ of normal switching voltages, by cycles and step."""
    for _ in range(devices):
        cycles = int(rng.choice([2, 3, 5, 15, 100]))
        sigma_V, step_V = np.exp(rng.uniform(np.log(0.002), np.log(0.05), 2))
        offset_V = rng.uniform(0, step_V)
        volts = 3.0 + sigma_V * rng.normal(size=cycles)
        seen = offset_V + step_V * (np.ceil((volts - offset_V) / step_V) - 0.5)
        found = voltage_statistics(seen, float(step_V))
        coarse = bool(step_V > 2 * sigma_V)
        kind = f"{cycles} cycles, {'coarse' if coarse else 'fine'} steps"
        yield Case("V_C, normal", kind, 3.0 in found.voltage_V, coarse)
        yield Case("σ of V_C, normal", kind, sigma_V in found.sigma_V, coarse)


def hump_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of V_C where walls run through the level before, by cycles.

    V_C is one number, or one for each route where the run tells them apart.
    """
    for _ in range(devices):
        cycles = int(rng.choice([5, 15, 50, 200]))
        passing = float(np.exp(rng.uniform(np.log(0.03), np.log(0.6))))
        sigma_V = np.exp(rng.uniform(np.log(0.01), np.log(0.05), 2))
        mean_V = np.array([2.0, 2.0 + sigma_V.max() * np.exp(rng.uniform(0, np.log(20)))])
        before = (rng.random(cycles) >= passing).astype(int)
        volts = mean_V[before] + sigma_V[before] * rng.normal(size=cycles)
        events = [
            SwitchingEvent(cycle, "write", int(level), 2, float(np.ceil(volt / 0.01) * 0.01), 0.01)
            for cycle, (level, volt) in enumerate(zip(before, volts, strict=True))
        ]
        found = critical_voltages(events, 2)
        kind = f"{cycles} cycles"
        if len(found) > 1:
            for route, one in found.items():
                if one.cycles > 1 and route is not None:
                    yield Case("V_C of a route", kind, mean_V[route] in one.voltage_V)
                    yield Case("σ of V_C of a route", kind, sigma_V[route] in one.sigma_V)
            continue
        (one,) = found.values()
        both = passing * mean_V[0] + (1 - passing) * mean_V[1]
        seen = np.unique(before)
        truth = both if len(seen) > 1 else float(mean_V[seen[0]])
        name = "V_C, both routes" if len(seen) > 1 else "V_C, one route seen"
        yield Case(name, kind, truth in one.voltage_V)
