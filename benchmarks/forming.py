"""How often is a first cycle said to differ by forming, of simulated devices that do not form?

Staircases of 5 to 15 cycles on simulated devices (see `_random_devices`), whose nearest levels lie
2 to 40 σ apart; then the same runs with a first cycle whose threshold is raised by 10, 20 and 40 %.
Prints the share of runs in which forming is named, with its 95 % interval.
`forming.py 60` simulates 60 devices.
"""

import sys

import numpy as np
import pandas as pd

from dwmtj.analysis import AnalysisError, measure_levels
from dwmtj.analysis.intervals import proportion_ci
from dwmtj.benchmarks._device_runs import staircase
from dwmtj.benchmarks._random_devices import draw_device

DEVICES = 400
CYCLES = (5, 6, 8, 12, 15)
RAISED = (0.0, 0.1, 0.2, 0.4)
APART = ((2.0, 6.0), (6.0, 40.0))


def main(devices: int = DEVICES) -> int:
    runs = [_run(number) for number in range(devices)]
    print("| threshold of the first cycle | runs with levels | forming named | by levels |")
    print("|---|---|---|---|")
    for raised in RAISED:
        found = [_named(run, raised) for run in runs]
        counted = [each for each in found if each is not None]
        shares = [proportion_ci(sum(each[i] for each in counted), len(counted)) for i in (0, 1)]
        cells = [f"{100 * s.value:.1f} ({100 * s.low:.1f} to {100 * s.high:.1f}) %" for s in shares]
        print(f"| +{raised * 100:.0f} % | {len(counted)} | {' | '.join(cells)} |", flush=True)
    return 0


def _run(number: int) -> pd.DataFrame:
    geometry = ("trapezoid", "straight")[number % 2]
    rng = np.random.default_rng([2028, number])
    device = draw_device(rng, geometry, APART[number // 2 % 2])
    return staircase(device, CYCLES[number // 4 % len(CYCLES)], number)


def _named(run: pd.DataFrame, raised: float) -> tuple[bool, bool] | None:
    """Return whether forming is named, and whether by levels; None without levels."""
    amplitude_V, ohm = (run[name].to_numpy() for name in ("amplitude_V", "resistance_ohm"))
    first = int((run["cycle"] == 0).sum())
    delayed = np.searchsorted(amplitude_V[:first], amplitude_V[:first] / (1 + raised))
    run = run.assign(resistance_ohm=np.r_[ohm[delayed], ohm[first:]])
    try:
        forming = measure_levels(run).forming
    except AnalysisError:
        return None
    return forming is not None, forming is not None and bool(forming.levels)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
