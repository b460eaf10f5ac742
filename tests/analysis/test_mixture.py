"""Plateaus are grouped into levels: flat ones stay whole, resolved ones stay apart."""

import numpy as np
import pytest
from scipy.stats import norm

from dwmtj.analysis.levels.grouping.mixture import (
    NARROWEST_FRACTION,
    Group,
    _resolved,
    centres,
    find_groups,
)
from dwmtj.analysis.levels.grouping.plateaus import Plateaus


def plateaus(
    median_ohm: np.ndarray, variance_ohm2: float | np.ndarray = 0.0, readings: int = 10
) -> Plateaus:
    count = len(median_ohm)
    return Plateaus(
        np.asarray(median_ohm, dtype=float),
        np.broadcast_to(np.asarray(variance_ohm2, dtype=float), count).copy(),
        np.full(count, readings),
    )


def bell(mean_ohm: float, sigma_ohm: float, count: int) -> np.ndarray:
    """Quantiles of a normal distribution: as normal as `count` values can be."""
    return np.asarray(norm.ppf((np.arange(count) + 0.5) / count, mean_ohm, sigma_ohm))


def test_levels_are_listed_from_high_to_low_with_their_own_mean_and_spread() -> None:
    parts = [bell(60.0, 0.5, 20), bell(100.0, 1.0, 30), bell(80.0, 2.0, 10)]
    found = find_groups(plateaus(np.concatenate(parts), variance_ohm2=0.09))
    expected = [parts[1], parts[2], parts[0]]
    assert [group.mean_ohm for group in found] == pytest.approx([100.0, 80.0, 60.0])
    spreads = [np.sqrt(part.var(ddof=1) + 0.09) for part in expected]
    assert [group.spread_ohm for group in found] == pytest.approx(spreads)
    assert [group.components for group in found] == [1, 1, 1]


def test_the_creep_of_a_level_is_the_median_over_readings_of_its_plateaus_variances() -> None:
    found = find_groups(
        Plateaus(
            np.array([100.0, 100.0, 100.0, 60.0, 60.0]),
            np.array([4.0, 1.0, 9.0, 1.0, 0.0]),
            np.array([30, 10, 5, 10, 10]),
        )
    )
    assert [group.spread_ohm for group in found] == [2.0, 0.0]


def test_the_spread_of_two_plateaus_is_that_of_a_sample_of_two() -> None:
    found = find_groups(plateaus(np.array([100.0, 100.2, 60.0, 60.0, 20.0])))
    assert [group.spread_ohm for group in found] == pytest.approx([0.1 * np.sqrt(2), 0, 0])


def test_a_flat_distribution_is_one_level_and_two_of_them_are_two() -> None:
    flat = np.linspace(-1.0, 1.0, 200)
    one = find_groups(plateaus(100.0 + flat))
    assert len(one) == 1
    assert one[0].components > 1
    assert one[0].mean_ohm == pytest.approx(100.0)
    assert one[0].spread_ohm == pytest.approx(flat.std(ddof=1))
    two = find_groups(plateaus(np.concatenate([100.0 + flat, 95.0 + flat])))
    assert [round(group.mean_ohm, 6) for group in two] == [100.0, 95.0]


@pytest.mark.parametrize(("distance_sigma", "levels"), [(3.5, 1), (6.0, 2)])
def test_levels_are_resolved_beyond_four_sigma(distance_sigma: float, levels: int) -> None:
    parts = [bell(100.0, 1.0, 200), bell(100.0 - distance_sigma, 1.0, 200)]
    found = find_groups(plateaus(np.concatenate(parts)))
    assert len(found) == levels
    assert sum(group.components for group in found) == 2


def test_creep_blurs_levels_that_would_be_resolved_without_it() -> None:
    median = np.concatenate([bell(100.0, 0.2, 50), bell(98.0, 0.2, 50)])
    assert len(find_groups(plateaus(median, variance_ohm2=0.1))) == 2
    (found,) = find_groups(plateaus(median, variance_ohm2=0.5))
    assert found.components == 2


@pytest.mark.parametrize(("counts", "share"), [((1, 20), 0.0), ((2, 2), 0.0), ((5, 30), 0.3)])
def test_a_level_of_few_plateaus_borrows_two_degrees_of_freedom_from_the_scatter_of_both(
    counts: tuple[int, int], share: float
) -> None:
    parts = [bell(0.0, 1.0, counts[0]), bell(0.0, 3.0, counts[1])]
    squares = np.array([part.var() * len(part) for part in parts])
    degrees = np.array(counts) - 1
    pooled, creep = squares.sum() / degrees.sum(), share
    limit = 2 * np.sqrt((squares + 2 * pooled) / (degrees + 2) + creep).sum()
    above = np.arange(sum(counts)) < counts[0]
    for distance, resolved in ((limit * (1 - 1e-6), False), (limit * (1 + 1e-6), True)):
        both = plateaus(np.concatenate([100.0 + distance + parts[0], 100.0 + parts[1]]), creep)
        assert _resolved(both, above, ~above, rounding=0.0) is resolved


def test_equal_plateaus_are_one_level_without_spread() -> None:
    assert find_groups(plateaus(np.full(7, 80.0), variance_ohm2=0.25)) == (Group(80.0, 0.5, 1),)


@pytest.mark.parametrize("count", [2, 4, 12, 24])
def test_up_to_two_dozen_levels_at_equal_distances_are_found(count: int) -> None:
    means = 100.0 - 2.0 * np.arange(count)
    found = find_groups(plateaus(np.repeat(means, 10)))
    assert [group.mean_ohm for group in found] == pytest.approx(means.tolist())


def test_more_plateaus_than_are_fitted_all_belong_to_a_level() -> None:
    parts = [bell(100.0, 1.0, 3000), bell(80.0, 1.0, 1000)]
    found = find_groups(plateaus(np.concatenate(parts)))
    assert [group.mean_ohm for group in found] == pytest.approx([100.0, 80.0])


def test_no_spread_is_narrower_than_a_share_of_the_range() -> None:
    mean, spread = centres([Group(100.0, 1.0, 1), Group(50.0, 0.0, 1)])
    assert mean.tolist() == [100.0, 50.0]
    assert spread.tolist() == [1.0, NARROWEST_FRACTION * 50.0]
