"""Spreads from visit to visit and between devices, and accuracies of networks, of known truth."""

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from dwmtj.analysis.calibration.visit_spread import visit_std
from dwmtj.analysis.state_model.transitions import mean_quantity, std_quantity
from dwmtj.benchmarks._coverage import Case

IMAGES = 500
POPULATION = 20_000  # images of which those of a study are drawn


def visit_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the spread from visit to visit, by visits, readings having σ = 1.

    Where visits differ by less than the mean of their readings is known to, the interval mostly
    begins at 0.
    """
    for number in range(devices):
        count, pooled = (2, 3, 10, 40)[number % 4], (1, 5)[number // 4 % 2]
        std, readings = np.exp(rng.uniform(np.log(0.05), np.log(5))), int(rng.choice([2, 5, 30]))
        found = visit_std(
            [
                [
                    rng.normal(0, std) + rng.normal(size=1 + rng.poisson(readings - 1))
                    for _ in range(count)
                ]
                for _ in range(pooled)
            ]
        )
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        small = std < 1 / np.sqrt(readings)
        kind = f"{count} visits{' of each of 5 devices' * (pooled > 1)}"
        kind += ", below the readings' error" * bool(small)
        holds = bool(found.low <= std <= found.high)
        yield Case("spread from visit to visit", kind, holds, bool(small))


def device_cases(rng: np.random.Generator, devices: int) -> Iterator[Case]:
    """Yield intervals of the mean of devices and of the spread between them."""
    for number in range(devices):
        count = (2, 3, 10)[number % 3]
        values = rng.normal(size=count)
        std = float(values.std(ddof=1))
        kind = f"{count} devices"
        spread, mean = std_quantity(std, count - 1), mean_quantity(float(values.mean()), std, count)
        for name, found, true in (("spread between", spread, 1.0), ("mean of", mean, 0.0)):
            assert found.low is not None
            assert found.high is not None
            yield Case(f"{name} devices", kind, found.low <= true <= found.high)


def network_cases(rng: np.random.Generator, studies: int) -> Iterator[Case]:
    """Yield intervals of the drop of a network's accuracy on devices, by programmings.

    An image has a margin by which the network without errors classifies it; a programming shifts
    all margins a little, and each by itself. The true drop is that of all images and programmings.
    """
    import torch

    from dwmtj.simulators.networks.inference.result import accuracy_drop, half_width

    margins = rng.normal(1.3, 1.0, POPULATION)
    for number in range(studies):
        programmings = (2, 3, 10, 40)[number % 4]
        shift, own = np.exp(rng.uniform(np.log(0.03), np.log(0.5), 2))
        whole = np.hypot(shift, own)
        mine = margins[rng.integers(POPULATION, size=IMAGES)]
        moved = mine + shift * rng.normal(size=(programmings, 1))
        right = moved + own * rng.normal(size=(programmings, IMAGES)) > 0
        drop, reach = accuracy_drop(torch.tensor(right).double(), torch.tensor(mine > 0).double())
        true = float((margins > 0).mean() - ndtr(margins / whole).mean())
        kind = f"{programmings} programmings"
        yield Case("drop of a network's accuracy", kind, abs(drop - true) <= reach)
        accuracies = right.mean(axis=1)
        of_these = float(ndtr(mine / whole).mean())
        holds = abs(float(accuracies.mean()) - of_these) <= half_width(tuple(accuracies.tolist()))
        yield Case("mean accuracy of programmings", kind, holds)
