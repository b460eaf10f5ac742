"""Extremes of ranges of a long series."""

import numpy as np
import pytest

from dwmtj.gui.plots.data.pyramid import Pyramid


@pytest.mark.parametrize("seed", range(6))
def test_extremes_of_any_ranges_are_those_of_brute_force(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=int(random.integers(1, 20_000))).cumsum()
    pyramid = Pyramid()
    at = 0
    while at < len(values):
        new = int(random.integers(1, 700))
        pyramid.extend(values[at : at + new])
        at += new
    start, stop = np.sort(random.integers(0, len(values) + 1, (2, 300)), axis=0)
    low, high = pyramid.extremes(start, stop)
    for first, last, least, greatest in zip(start, stop, low, high, strict=True):
        if first == last:
            assert np.isnan(least)
            assert np.isnan(greatest)
        else:
            assert least == values[first:last].min()
            assert greatest == values[first:last].max()


def test_adding_a_point_touches_only_the_blocks_that_it_completes() -> None:
    pyramid = Pyramid()
    pyramid.extend(np.arange(8.0**4))
    pyramid.extend(np.array([-1.0]))
    low, high = pyramid.extremes(np.array([0, 4090]), np.array([4097, 4097]))
    assert low.tolist() == [-1.0, -1.0]
    assert high.tolist() == [4095.0, 4095.0]
