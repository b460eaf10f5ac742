"""Is the number of levels right, and does the report say so where it may not be?

Simulated devices (see `_random_devices`) of which two neighbours lie 2 to 4 σ apart, or all 6 to
40 σ, written with staircases of 10 to 100 cycles: the first table says how often the number of
levels is right, how often a wrong one is marked (*unresolved*, several numbers with their
probabilities, or no levels at all), and how often a right one is. The second holds the
probabilities of the number of levels that runs of 2 and 3 cycles give against how often they are
true. Ends with 1 where fewer than 95 % of the wrong numbers are marked, or where a probability is
off by more than chance allows and 0.02. `level_numbers.py 40` simulates 40 devices of each kind.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from dwmtj.analysis import AnalysisError, measure_levels
from dwmtj.benchmarks._coverage import FALSE_ALARM
from dwmtj.benchmarks._device_runs import staircase
from dwmtj.benchmarks._random_devices import draw_device

DEVICES = 200
CYCLES = (10, 20, 50, 100)
MARKED = 0.95
CLASSES = (0.0, 0.2, 0.5, 0.8, 0.95, 0.999)
OFF = 0.02


@dataclass(frozen=True, slots=True)
class Numbered:
    """A run: true and found number of levels, whether the report marks it, and probabilities."""

    cycles: int
    truth: int
    found: int
    marked: bool
    probability: dict[int, float]

    @property
    def right(self) -> bool:
        return self.found == self.truth


def main(devices: int = DEVICES) -> int:
    good = print_separations(devices)
    return int(not (print_probabilities(devices) and good))


def print_separations(devices: int) -> bool:
    print(
        "| nearest levels apart | cycles | runs | right | wrong ones marked | right ones marked |"
    )
    print("|---|---|---|---|---|---|")
    wrong: list[Numbered] = []
    for low, high in ((2.0, 3.0), (3.0, 4.0), (6.0, 40.0)):
        runs = [numbered(i, (low, high), CYCLES[i // 2 % len(CYCLES)]) for i in range(devices)]
        for few in (True, False):
            mine = [run for run in runs if (run.cycles <= 20) == few]
            cycles = "10 and 20" if few else "50 and 100"
            cells = (
                _share([run.right for run in mine]),
                *(
                    _share([run.marked for run in mine if run.right == right])
                    for right in (False, True)
                ),
            )
            print(f"| {low:g} to {high:g} σ | {cycles} | {len(mine)} | {' | '.join(cells)} |")
        wrong += [run for run in runs if not run.right and high <= 4]
    marked = sum(run.marked for run in wrong)
    print(f"\n{marked} of {len(wrong)} wrong numbers below 4 σ are marked.\n")
    return marked >= binom.ppf(FALSE_ALARM, len(wrong), MARKED)


def print_probabilities(devices: int) -> bool:
    runs = [numbered(10_000 + i, (6.0, 40.0), cycles) for i in range(devices) for cycles in (2, 3)]
    pairs = [(p, n == run.truth) for run in runs for n, p in run.probability.items()]
    print("| probability stated | cases | mean | true |")
    print("|---|---|---|---|")
    good = True
    for low, high in zip(CLASSES, (*CLASSES[1:], 1.1), strict=True):
        mine = [pair for pair in pairs if low <= pair[0] < high]
        if not mine:
            continue
        stated, true = (float(np.mean(part)) for part in zip(*mine, strict=True))
        ends = (max(0.0, stated - OFF), min(1.0, stated + OFF))
        least = float(binom.ppf(FALSE_ALARM, len(mine), ends[0]))
        most = float(binom.ppf(1 - FALSE_ALARM, len(mine), ends[1]))
        fine = bool(least <= true * len(mine) + 1e-9 and true * len(mine) - 1e-9 <= most)
        good &= fine
        name = f"{low:.0%} to {min(high, 1.0):.1%}" if high <= 1 else "certain"
        mark = "" if fine else " ✗"
        print(f"| {name} | {len(mine)} | {stated:.1%} | {true:.1%}{mark} |")
    return good


def numbered(number: int, nearest: tuple[float, float], cycles: int) -> Numbered:
    """Simulate and analyse a run; the truth are the notches in which its readings were taken."""
    rng = np.random.default_rng([2027, number, int(nearest[0])])
    device = draw_device(rng, ("trapezoid", "straight")[number % 2], nearest)
    points = staircase(device, cycles, number)
    truth = int(points["site"].nunique())
    try:
        report = measure_levels(points)
    except AnalysisError:
        return Numbered(cycles, truth, 0, True, {})
    found = len(report.levels)
    marked = bool(report.unresolved) or report.number_text != str(found)
    return Numbered(cycles, truth, found, marked, dict(report.number_probability))


def _share(which: Sequence[bool]) -> str:
    return f"{np.mean(which):.1%} of {len(which)}" if which else "–"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
