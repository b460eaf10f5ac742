"""Pulses whose switching is known: shares, sigmoids, depinning laws, slopes over the cycles."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from dwmtj.analysis.errors import AnalysisError
from dwmtj.analysis.estimate import Estimate
from dwmtj.analysis.intervals import proportion_ci
from dwmtj.analysis.levels.find import Level
from dwmtj.analysis.state_model.transitions import leaving_voltage
from dwmtj.analysis.switching.depinning import fit_depinning
from dwmtj.analysis.switching.endurance import measure_endurance
from dwmtj.analysis.switching.probability import SwitchingProbability, fit_sigmoid
from dwmtj.analysis.switching.routes import critical_voltages
from dwmtj.analysis.switching.trials import Trials
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


def sigmoid_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of V_50 and σ of a sigmoid, by trials for each amplitude."""
    for _ in range(devices):
        trials = int(rng.choice([5, 20, 100]))
        volts = np.linspace(2.0, 3.0, int(rng.choice([5, 11, 21])))
        middle_V, sigma_V = rng.uniform(2.3, 2.7), np.exp(rng.uniform(np.log(0.03), np.log(0.3)))
        hits = rng.binomial(trials, ndtr((volts - middle_V) / sigma_V))
        try:
            found = fit_sigmoid(
                [
                    SwitchingProbability(V, 5e-8, 1, trials, k, 0, proportion_ci(k, trials))
                    for V, k in zip(volts.tolist(), hits.tolist(), strict=True)
                ]
            )
        except AnalysisError:
            continue
        yield Case("V_50 of a sigmoid", f"{trials} trials", middle_V in found.voltage_V)
        yield Case("σ of a sigmoid", f"{trials} trials", sigma_V in found.sigma_V)


def depinning_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the thermal law's parameters, by visits."""
    for number in range(devices):
        visits = (10, 40, 200)[number % 3]
        with_spread = number % 2 == 1
        critical, barrier = rng.uniform(2.0, 4.0), np.exp(rng.uniform(np.log(30), np.log(200)))
        spread = np.exp(rng.uniform(np.log(0.01), np.log(0.05))) if with_spread else 0.0
        trials = _thermal_ladders(rng, visits, critical, barrier, spread)
        try:
            law = fit_depinning(trials, spread=with_spread)
        except AnalysisError:
            continue
        kind = f"{visits} visits, {'their own' if with_spread else 'one'} V_c"
        yield Case("thermal law, V_c", kind, critical in law.critical_V)
        yield Case("thermal law, E", kind, barrier in law.barrier_kT)
        if with_spread:
            yield Case("thermal law, spread of V_c", kind, spread in law.spread)


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


def _thermal_ladders(
    rng: np.random.Generator, visits: int, critical: float, barrier: float, spread: float
) -> Trials:
    ladder = np.arange(0.5, 1.1, 0.005) * critical
    amplitude, switched, number = [], [], []
    for visit in range(visits):
        own = critical * (1 + spread * rng.normal())
        gap = np.maximum(0, 1 - ladder / own)
        hazard = 1e9 * 5e-8 * np.exp(-barrier * gap**1.5)
        moved = rng.random(len(ladder)) < -np.expm1(-hazard)
        last = int(np.argmax(moved)) if moved.any() else len(ladder) - 1
        amplitude += ladder[: last + 1].tolist()
        switched += moved[: last + 1].tolist()
        number += [visit] * (last + 1)
    volts = np.array(amplitude)
    return Trials(volts, np.full(len(volts), 5e-8), np.array(switched), np.array(number))


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
