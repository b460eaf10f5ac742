"""Intervals in closed form, against tables, the equations that define them, and their limits."""

from math import inf, isnan

import numpy as np
import pytest
from scipy.stats import binomtest

from dwmtj.analysis.estimate import Estimate
from dwmtj.analysis.intervals import (
    mean_ci,
    proportion_ci,
    proportion_ends,
    rate_ci,
    ratio_ci,
    std_ci,
    symmetric_interval,
    t_quantile,
)


def bounds(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


@pytest.mark.parametrize(
    ("degrees", "point"), [(1, 12.706205), (10, 2.228139), (2, 4.302653), (1e9, 1.959964)]
)
def test_students_point_is_that_of_the_tables(degrees: float, point: float) -> None:
    assert t_quantile(degrees) == pytest.approx(point, rel=1e-5)


@pytest.mark.parametrize("degrees", [0, -1])
def test_students_point_is_infinite_without_a_degree_of_freedom(degrees: float) -> None:
    assert t_quantile(degrees) == inf


def test_an_interval_of_a_half_width_reaches_equally_far_to_both_sides() -> None:
    assert symmetric_interval(3.0, 0.5) == Estimate(3.0, 2.5, 3.5)


def test_a_mean_has_students_interval() -> None:
    found = mean_ci(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.value == 2.5
    assert bounds(found) == pytest.approx((2.5 - 2.054260, 2.5 + 2.054260), rel=1e-6)
    half = 12.706205 * 1.5
    assert bounds(mean_ci(np.array([1.0, 4.0]))) == pytest.approx((2.5 - half, 2.5 + half))


def test_the_mean_of_one_value_is_that_value_and_unbounded() -> None:
    assert mean_ci(np.array([7.0])) == Estimate(7.0, -inf, inf)


def test_a_deviation_has_the_interval_of_chi_squared() -> None:
    found = std_ci(2.0, 9)
    assert found.value == 2.0
    assert bounds(found) == pytest.approx((1.375677, 3.651185), rel=1e-5)
    assert bounds(std_ci(1.0, 1)) == pytest.approx((0.446149, 31.910159), rel=1e-5)


@pytest.mark.parametrize("degrees", [0, -1])
def test_a_deviation_without_degrees_of_freedom_may_be_anything(degrees: float) -> None:
    assert std_ci(2.0, degrees) == Estimate(2.0, 0.0, inf)


@pytest.mark.parametrize(
    ("hits", "trials"), [(0, 1), (1, 1), (0, 10), (1, 10), (7, 20), (20, 20), (3, 400)]
)
def test_a_share_has_the_exact_interval(hits: int, trials: int) -> None:
    found, exact = proportion_ci(hits, trials), binomtest(hits, trials).proportion_ci(0.95, "exact")
    assert found.value == hits / trials
    assert bounds(found) == pytest.approx((exact.low, exact.high))


def test_shares_of_many_have_the_intervals_of_each() -> None:
    hits, trials = np.array([[0, 1, 3], [2, 0, 2]]), np.array([[3], [4]])
    low, high = proportion_ends(hits, trials)
    for (row, column), count in np.ndenumerate(hits):
        one = proportion_ci(int(count), int(trials[row, 0]))
        assert (float(low[row, column]), float(high[row, column])) == bounds(one)


def test_a_share_never_seen_may_be_zero_exactly_and_one_always_seen_may_be_one() -> None:
    for trials in range(1, 50):
        assert proportion_ci(0, trials).low == 0
        assert proportion_ci(trials, trials).high == 1


def test_a_share_of_nothing_may_be_anything() -> None:
    found = proportion_ci(0, 0)
    assert isnan(found.value)
    assert bounds(found) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (10, 4.795389, 18.390356)],
)
def test_a_rate_has_garwoods_interval(events: int, low: float, high: float) -> None:
    for exposure in (1.0, 0.25, 4.0):
        found = rate_ci(events, exposure)
        assert found.value == events / exposure
        assert bounds(found) == pytest.approx((low / exposure, high / exposure), rel=1e-5)


@pytest.mark.parametrize("exposure", [0.0, -1.0])
def test_a_rate_without_exposure_may_be_anything(exposure: float) -> None:
    found = rate_ci(3, exposure)
    assert isnan(found.value)
    assert bounds(found) == (0.0, inf)


def test_the_limits_of_a_ratio_solve_fiellers_equation_around_its_value() -> None:
    numerator, denominator, degrees = 0.3, -0.4, 12.0
    covariance = np.array([[0.0020, 0.0007], [0.0007, 0.0011]])
    found = ratio_ci(numerator, denominator, covariance, degrees)
    assert found.value == pytest.approx(-0.75)
    assert found.low < found.value < found.high
    for limit in bounds(found):
        variance = covariance[0, 0] - 2 * limit * covariance[0, 1] + limit**2 * covariance[1, 1]
        difference = numerator - limit * denominator
        assert difference**2 == pytest.approx(2.178813**2 * variance, rel=1e-5)


def test_a_ratio_of_exact_numbers_is_exact() -> None:
    assert ratio_ci(1.0, 3.0, np.zeros((2, 2)), 5.0) == Estimate(1 / 3, 1 / 3, 1 / 3)


@pytest.mark.parametrize(
    ("denominator", "covariance", "degrees"),
    [
        (2.0, np.diag([0.1, 0.9]), 10.0),  # 2 is less than 2.23 standard errors of itself
        (2.0, np.diag([0.1, inf]), 10.0),
        (0.5, np.array([[0.1, np.nan], [np.nan, 0.1]]), 10.0),
        (4.0, np.diag([0.1, 0.0]), 0.0),
    ],
)
def test_a_ratio_to_what_may_be_zero_is_unbounded(
    denominator: float, covariance: np.ndarray, degrees: float
) -> None:
    assert ratio_ci(3.0, denominator, covariance, degrees) == Estimate(3.0 / denominator, -inf, inf)


def test_a_ratio_to_a_denominator_at_the_edge_of_its_interval_is_unbounded() -> None:
    edge = t_quantile(10.0)
    found = ratio_ci(3.0, edge, np.diag([0.1, 1.0]), 10.0)
    assert found == Estimate(3.0 / edge, -inf, inf)
