"""How often the intervals of a wafer study hold the truth, on simulated wafers.

    python benchmarks/wafer_coverage.py

A share of 95 % has a standard error of 0.5 % from 2000 wafers. The numbers are in
docs/how-to/wafer.md.
"""

from collections.abc import Sequence

import numpy as np

from dwmtj.analysis.intervals import proportion_ci
from dwmtj.analysis.wafer.variance import variance_components
from dwmtj.analysis.wafer.yields import clustered_share

WAFERS = 2000
LAYOUTS = {
    "37 x 4": [4] * 37,
    "12 x 4": [4] * 12,
    "5 x 3": [3] * 5,
    "37 x 1 to 4": [k % 4 + 1 for k in range(37)],
    "8 x 1 to 6": [1, 2, 3, 4, 5, 6, 2, 1],
}


def components(rng: np.random.Generator, ratio: float, counts: Sequence[int]) -> list[float]:
    """Return the coverages of mean, σ from die to die and σ on a die, of σ_die/σ_device `ratio`."""
    covered = np.zeros(3)
    for _ in range(WAFERS):
        values = [ratio * rng.standard_normal() + rng.standard_normal(n) for n in counts]
        found = variance_components(values)
        covered += [0 in found.mean, ratio in found.die_std, 1 in found.device_std]
    return list(covered / WAFERS)


def yields(rng: np.random.Generator, share: float, alike: float, dies: int) -> list[float]:
    """Return the coverages of the interval of a yield and of the binomial one, 4 devices a die."""
    covered = np.zeros(2)
    for _ in range(2 * WAFERS):
        of_die = np.full(dies, share)
        if alike:
            size = (1 - alike) / alike
            of_die = rng.beta(share * size, (1 - share) * size, dies)
        good = [int(k) for k in rng.binomial(4, of_die)]
        binomial = proportion_ci(sum(good), 4 * dies)
        covered += [share in clustered_share(good, [4] * dies), share in binomial]
    return list(covered / (2 * WAFERS))


def main() -> None:
    rng = np.random.default_rng(5)
    for name, counts in LAYOUTS.items():
        for ratio in (0.0, 0.3, 1.0, 3.0):
            shown = " ".join(f"{100 * c:5.1f} %" for c in components(rng, ratio, counts))
            print(f"{name:12} {ratio:3.1f}  {shown}", flush=True)
    for share in (0.5, 0.8, 0.95):
        for alike in (0.0, 0.2, 0.6):
            for dies in (9, 37):
                shown = " ".join(f"{100 * c:5.1f} %" for c in yields(rng, share, alike, dies))
                print(f"{share:4.2f} {alike:3.1f} {dies:3}  {shown}", flush=True)


if __name__ == "__main__":
    main()
