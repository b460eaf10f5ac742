"""Histogram of resistances, counted point by point."""

import numpy as np
import pytest

from dwmtj.gui.plots.data.counts import LevelCounts


def counted(parts: list[np.ndarray]) -> LevelCounts:
    counts = LevelCounts()
    for values in parts:
        counts.add(values)
    return counts


@pytest.mark.parametrize("most", [5, 60, 5000])
def test_the_counts_are_those_of_numpy_in_the_same_bins(most: int) -> None:
    random = np.random.default_rng(2)
    values = np.concatenate([random.normal(100, 0.3, 4000), random.normal(67, 2, 1000)])
    random.shuffle(values)
    edges, counts = counted(np.array_split(values, 40)).bins(values.min(), values.max(), most)
    assert len(counts) <= most + 2
    assert counts.sum() == 5000
    np.testing.assert_array_equal(counts, np.histogram(values, edges)[0])


def test_a_range_within_shows_the_readings_in_it_finely() -> None:
    values = np.random.default_rng(3).normal(100, 0.3, 4000)
    edges, counts = counted([values]).bins(99.9, 100.1, 50)
    assert np.diff(edges).max() <= 2 * 0.2 / 50
    np.testing.assert_array_equal(counts, np.histogram(values, edges)[0])


@pytest.mark.parametrize(
    "values",
    [
        [100.0],
        [0.0, 0.0],
        [-3.0, 5.0, 1e12],
        [1e-9, 1e300],
        [70.0] * 9,
        [-1e300, 1e300],
        [5e-324, 1.0],
    ],
)
def test_every_reading_is_counted_whatever_its_size(values: list[float]) -> None:
    counts = counted([np.array([value]) for value in values])
    assert counts.total == len(values)
    _, shown = counts.bins(min(values) - 1, max(values) + 1, 100)
    assert shown.sum() == len(values)


def test_a_drifting_resistance_keeps_its_bins_few() -> None:
    counts = counted([np.full(10, 100.0 * 1.01**i) for i in range(600)])
    assert counts.total == 6000
    _, shown = counts.bins(100.0, 100.0 * 1.01**599, 100)
    assert shown.sum() == 6000
