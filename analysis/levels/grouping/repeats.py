"""Groups of values that repeat closely, where there are few of each: a ladder of equal spreads.

A mixture with a weight and a spread of its own for every level needs many visits to each. With few,
or for `MANY_LEVELS` or more, the values are cut into the k intervals with the least sum of squares,
taken to have one spread s and equal weights, with ln L = −n [ln k + ln(s √(2π)) + ½] and BIC =
−2 ln L + 2 k ln n, for k centres, k − 1 cuts and the spread; s² is pooled over n − k degrees of
freedom, none narrower than `NARROWEST_FRACTION` of the range. At least half as many degrees of
freedom as intervals are needed: values that never repeat are no levels. The cuts are exact, by
dynamic programming (Wang & Song, R Journal 3(2), 29 (2011)), on at most `SAMPLE` of the values.
"""

from collections.abc import Iterator

import numpy as np

from ....arrays import Floats, Ints

NARROWEST_FRACTION = 2e-4
MOST_LEVELS = 72
FEW_EACH = 5.0
MANY_LEVELS = 10
CANDIDATES = 6
SAMPLE = 800


def repeated_groups(values: Floats, tree: Floats, rounding: float) -> tuple[Ints, float] | None:
    """Return the group of each rising value (n,) of the best ladder and its BIC; None without one.

    `tree` is the linkage of the values, `rounding` the least standard deviation. With few values
    for each level, only sizes at which the linkage shows a gap are tried.
    """
    count, likely = len(values), likely_sizes(tree)
    sample = values[np.linspace(0, count - 1, min(SAMPLE, count)).astype(int)]
    found: tuple[Ints, float] | None = None
    for number, edges in enumerate(_cuts(sample, min(MOST_LEVELS, 2 * count // 3)), start=1):
        often = count / number > FEW_EACH
        tried = number >= MANY_LEVELS if often else number in likely
        if not tried or count - number < max(2, number / 2):
            continue
        label = np.searchsorted((sample[edges - 1] + sample[edges]) / 2, values, side="right")
        if len(np.unique(label)) < number:
            break  # there are no more different values
        criterion = _criterion(values, label, number, rounding)
        if found is None or criterion < found[1]:
            found = label, criterion
    return found


def _cuts(values: Floats, most: int) -> Iterator[Ints]:
    """Yield, for 1 to `most` intervals of rising values, the index at which each but the first
    begins."""
    first, second = (
        np.concatenate([[0.0], np.cumsum((values - values.mean()) ** power)]) for power in (1, 2)
    )
    size = np.arange(len(first)) - np.arange(len(first))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        within = second - second[:, None] - (first - first[:, None]) ** 2 / size
    within[size <= 0] = np.inf
    least, begins = within[0], []
    yield np.empty(0, dtype=np.intp)
    for _ in range(1, most):
        total = least[:, None] + within
        begins.append(total.argmin(axis=0))
        least = total.min(axis=0)
        edges, end = [], len(values)
        for begin in reversed(begins):
            end = int(begin[end])
            edges.append(end)
        yield np.array(edges[::-1], dtype=np.intp)


def likely_sizes(tree: Floats) -> list[int]:
    """Return the numbers of clusters at the largest ratios of successive heights of joining."""
    count = len(tree) + 1
    height = np.maximum(tree[:, 2], 1e-9 * max(float(tree[-1, 2]), 1e-300))
    ratio = height[1:] / height[:-1]
    sizes = count - 1 - np.arange(len(ratio))
    allowed = (sizes >= 2) & (sizes <= MOST_LEVELS)
    best = np.argsort(-ratio[allowed])[:CANDIDATES]
    return sorted({int(size) for size in sizes[allowed][best]})


def _criterion(values: Floats, label: Ints, number: int, rounding: float) -> float:
    count = len(values)
    centre = np.bincount(label, values) / np.bincount(label)
    square = float(((values - centre[label]) ** 2).sum()) / (count - number)
    narrowest = max(NARROWEST_FRACTION * float(np.ptp(values)), rounding)
    spread = np.sqrt(square + narrowest**2)
    likelihood = -count * (np.log(number) + np.log(spread * np.sqrt(2 * np.pi)) + 0.5)
    return float(-2 * likelihood + 2 * number * np.log(count))
