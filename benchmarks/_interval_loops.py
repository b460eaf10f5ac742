"""Minor loops and weight updates whose truth is known."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dwmtj.analysis.minor_loop import measure_minor_loop
from dwmtj.analysis.update import asymmetry, fit_update, neurosim_A
from dwmtj.arrays import Floats
from dwmtj.benchmarks._coverage import Case


def loop_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of minor loops: means over loops, of a single loop its own fields."""
    for _ in range(devices):
        loops, step_T = int(rng.choice([1, 3, 10])), float(rng.choice([0.0005, 0.002, 0.004]))
        mean_T = np.array([rng.uniform(-0.055, -0.045), rng.uniform(0.035, 0.045)])
        jitter_T = np.exp(rng.uniform(np.log(1e-4), np.log(3e-3)))
        fields_T = mean_T + jitter_T * rng.normal(size=(loops, 2))
        noise_ohm = np.exp(rng.uniform(np.log(0.01), np.log(1.0)))
        found = measure_minor_loop(_loops(rng, fields_T, step_T, noise_ohm))
        down, up = fields_T[0] if loops == 1 else mean_T
        coarse = loops > 1 and bool(step_T > 2 * jitter_T)
        kind = f"{loops} loop{'s' * (loops > 1)}{', coarse steps' * coarse}"
        yield Case("switching field", kind, down in found.down_T, coarse)
        yield Case("switching field", kind, up in found.up_T, coarse)
        yield Case("coercive field", kind, (up - down) / 2 in found.coercive_field, coarse)
        yield Case("centre of the loop", kind, (up + down) / 2 in found.offset, coarse)
        yield Case("resistances of the loop", kind, 65.0 in found.parallel)
        yield Case("resistances of the loop", kind, 100.0 in found.antiparallel)
        yield Case("TMR", kind, 35 / 65 in found.tmr_ratio)


def update_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the nonlinearity and the asymmetry, by pulses."""
    for number in range(devices):
        pulses = (6, 16, 64)[number % 3]
        labels = rng.uniform(-6, 6, 2)
        noise = np.exp(rng.uniform(np.log(0.003), np.log(0.05)))
        up, down = (fit_update(_update(rng, float(x), pulses, noise), pulses) for x in labels)
        yield Case("nonlinearity", f"{pulses} pulses", labels[0] in up.nonlinearity)
        yield Case("asymmetry", f"{pulses} pulses", labels[0] - labels[1] in asymmetry(up, down))


def _loops(
    rng: np.random.Generator, fields_T: Floats, step_T: float, noise_ohm: float
) -> pd.DataFrame:
    sweep = np.arange(-0.08, 0.0801, step_T) + rng.uniform(0, step_T)
    frames = []
    for cycle, (down_T, up_T) in enumerate(fields_T):
        field = np.concatenate([sweep[::-1], sweep[1:]])
        state = np.concatenate([sweep[::-1] > down_T, sweep[1:] > up_T])
        ohm = np.where(state, 100.0, 65.0) + rng.normal(0, noise_ohm, len(field))
        frames.append(
            pd.DataFrame({"phase": "loop", "cycle": cycle, "field_T": field, "resistance_ohm": ohm})
        )
    return pd.concat(frames, ignore_index=True)


def _update(rng: np.random.Generator, label: float, pulses: int, noise: float) -> Floats:
    A = neurosim_A(label)
    p = np.arange(pulses + 1) / pulses
    shape = (1 - np.exp(-p / abs(A))) / (1 - np.exp(-1 / abs(A)))
    curve = shape if A > 0 else 1 - shape[::-1]
    return np.asarray(1e-3 + 1e-4 * (curve + rng.normal(0, noise, pulses + 1)))
