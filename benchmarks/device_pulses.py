"""Device-pulses per second for 10⁵ simulated synapses on all cores."""

import statistics
import time

from dwmtj.simulators.device import Device, load_device

DEVICES = 100_000
BIAS_T = -4e-3
TARGET_PER_s = 2e7


def measure() -> float:
    """Return device-pulses/s over one write ramp; the rests take time but do not count."""
    devices = Device(load_device("trapezoid"), seed=1, count=DEVICES)
    devices.drive(0.0, 10e-3, field_T=50e-3)
    devices.drive(0.0, 10e-3, field_T=BIAS_T)
    amplitudes_V = [step / 100 for step in range(10, 401)]
    start = time.perf_counter()
    for amplitude_V in amplitudes_V:
        devices.drive(amplitude_V, 50e-9, field_T=BIAS_T, rise_s=10e-9, fall_s=10e-9)
        devices.drive(0.0, 10e-3, field_T=BIAS_T)
    return DEVICES * len(amplitudes_V) / (time.perf_counter() - start)


def main() -> None:
    """Print one line: name, median of five ramps, target."""
    measure()
    median_per_s = statistics.median(measure() for _ in range(5))
    print(f"device pulses: median {median_per_s:.2g}/s, target ≥ {TARGET_PER_s:.0e}/s")


if __name__ == "__main__":
    main()
