"""Time for 10⁷ transitions sampled from a state model with 5 levels and 541 amplitudes."""

import statistics
import time

import numpy as np

from dwmtj.analysis.state_model.draws import Ladders
from dwmtj.analysis.state_model.sampling import SampledDevice

DEVICES = 10_000_000
LEVELS = 5
AMPLITUDES_V = np.round(np.arange(0.1, 5.505, 0.01), 2)
TARGET_s = 1.0


def device() -> SampledDevice:
    """Return a device that moves on with rising amplitude, at random as a straight synapse does."""
    rng = np.random.default_rng(1)
    weights = np.triu(rng.random((len(AMPLITUDES_V), LEVELS, LEVELS)))
    matrices = weights / weights.sum(axis=-1, keepdims=True) * 0.02 + np.eye(LEVELS) * 0.98
    spread = np.full(LEVELS, 1.0)
    mean_ohm = np.linspace(1060.0, 910.0, LEVELS)
    return SampledDevice(mean_ohm, spread, spread, 2e-4, 0, Ladders(AMPLITUDES_V, matrices), None)


def measure(sampled: SampledDevice) -> float:
    """Return the seconds for one pulse on every device, each with an amplitude of its own."""
    rng = np.random.default_rng(2)
    level = rng.integers(0, LEVELS, DEVICES, dtype=np.int8)
    amplitude_V = rng.choice(AMPLITUDES_V, DEVICES)
    start = time.perf_counter()
    sampled.pulse(level, amplitude_V, rng)
    return time.perf_counter() - start


def main() -> None:
    """Print one line: name, median of five, target."""
    sampled = device()
    median_s = statistics.median(measure(sampled) for _ in range(5))
    print(f"state model: 10⁷ transitions in {median_s:.2f} s, target ≤ {TARGET_s:.0f} s")


if __name__ == "__main__":
    main()
