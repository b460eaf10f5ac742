"""Thresholds of notches that walls run through are recovered, and say what they cannot tell."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from dwmtj.analysis import Estimate, Level, find_switches, find_thresholds
from dwmtj.analysis.intervals import mean_ci, std_ci, t_quantile
from dwmtj.arrays import Floats

LEVELS = [Level(Estimate(r, r, r), Estimate(0.2, 0.1, 0.3), 10) for r in (100.0, 90.0, 80.0, 70.0)]


def staircase(*cycles: list[tuple[float, int]]) -> pd.DataFrame:
    """Points of ramps from the amplitude of each pulse and the level after it."""
    rows = [
        (number, "ramp", amplitude_V, 100.0 - 10 * level)
        for number, cycle in enumerate(cycles)
        for amplitude_V, level in cycle
    ]
    return pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])


def ramps(
    thresholds_V: list[float], sigma_V: float, seed: int, cycles: int = 12, step_V: float = 0.02
) -> pd.DataFrame:
    """Ramps to 4 V over notches that each draw their threshold anew whenever a wall comes by."""
    rng = np.random.default_rng(seed)
    amplitudes = np.round(np.arange(1.0, 4.0, step_V), 6)
    rows = []
    for cycle in range(cycles):
        level, holds_V = 0, rng.normal(thresholds_V[0], sigma_V)
        for amplitude in amplitudes:
            while level < len(thresholds_V) and amplitude > holds_V:
                level += 1
                here = thresholds_V[level] if level < len(thresholds_V) else np.inf
                holds_V = rng.normal(here, sigma_V)
            rows.append((cycle, "ramp", amplitude, 100.0 - 10 * level + 0.1 * rng.normal()))
    return pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])


def test_walls_that_run_through_do_not_bias_the_thresholds() -> None:
    """Three equal notches, 75 runs: the mean of 75 errors is beyond 0.03 V with p < 1e-3, and
    fewer than 88 % of 225 intervals hold the truth, if they do in 95 %, with p < 3e-5."""
    errors, covered, naive, squares = [], [], [], []
    for seed in range(75):
        points = ramps([2.5, 2.5, 2.5], 0.2, seed)
        for threshold in find_thresholds(points, LEVELS):
            covered.append(2.5 in threshold.voltage_V)
            squares += [threshold.sigma_V.value**2] if threshold.level == 0 else []
            if threshold.level == 2:
                errors.append(threshold.voltage_V.value - 2.5)
        left = [switch.voltage_V for switch in find_switches(points, LEVELS) if switch.before == 2]
        naive.append(np.mean(left) - 2.5)
    assert abs(np.mean(errors)) < 0.03
    assert np.mean(naive) > 0.05  # departures alone see the strong visits only
    assert np.mean(covered) > 0.88
    assert np.mean(squares) == pytest.approx(0.2**2, rel=0.2)  # 4 standard errors


def test_every_visit_is_counted_once() -> None:
    points = ramps([2.0, 2.1, 9.0], 0.1, seed=3)
    first, second = find_thresholds(points, LEVELS)
    assert len(first.freed_V) == 12
    assert len(second.freed_V) + second.passed == 12
    assert (first.passed, first.kept, second.kept) == (0, 0, 0)


def test_a_level_that_is_never_left_has_no_threshold() -> None:
    points = ramps([2.0, 9.0, 9.0], 0.1, seed=3)
    assert [threshold.level for threshold in find_thresholds(points, LEVELS)] == [0]


def test_scatter_hidden_by_the_step_leaves_the_step_as_uncertainty() -> None:
    points = ramps([2.05, 9.0, 9.0], 1e-4, seed=3, step_V=0.1)
    (threshold,) = find_thresholds(points, LEVELS)
    assert threshold.voltage_V.value == pytest.approx(2.05, abs=1e-6)
    assert threshold.voltage_V.high - threshold.voltage_V.low >= 0.1
    assert threshold.sigma_V.low == 0


def test_where_every_visit_was_freed_the_intervals_are_students_and_chi_squares() -> None:
    points = ramps([2.5, 9.0, 9.0], 0.2, seed=5, step_V=0.002)
    (threshold,) = find_thresholds(points, LEVELS)
    freed_V = np.array(threshold.freed_V)
    student, spread = mean_ci(freed_V), std_ci(float(freed_V.std(ddof=1)), len(freed_V) - 1)
    for found, expected in ((threshold.voltage_V, student), (threshold.sigma_V, spread)):
        assert found.value == pytest.approx(expected.value, rel=2e-3)
        beside = found.value - found.low, found.high - found.value
        assert beside == pytest.approx(
            (expected.value - expected.low, expected.high - expected.value), rel=0.01
        )


@pytest.mark.parametrize("sigma_V", [0.006, 0.02])
def test_thresholds_do_not_depend_on_the_unit(sigma_V: float) -> None:
    points = ramps([2.5, 2.6, 2.7], sigma_V, seed=7)
    in_mV = points.assign(amplitude_V=points["amplitude_V"] * 1e3)
    small, large = find_thresholds(points, LEVELS), find_thresholds(in_mV, LEVELS)
    assert len(small) == len(large) > 1
    for one, other in zip(small, large, strict=True):
        assert (one.level, one.passed, one.kept) == (other.level, other.passed, other.kept)
        for a, b in ((one.voltage_V, other.voltage_V), (one.sigma_V, other.sigma_V)):
            assert (b.value, b.value - b.low, b.high - b.value) == pytest.approx(
                (a.value * 1e3, (a.value - a.low) * 1e3, (a.high - a.value) * 1e3), rel=0.03
            )


def test_a_visit_is_freed_passed_or_kept_by_the_pulses_of_its_own_ramp() -> None:
    points = staircase(
        [(0.2, 0), (0.4, 1), (0.6, 2)],  # both levels freed
        [(0.2, 0), (0.4, 0), (0.6, 2)],  # level 1 passed
        [(0.2, 0), (0.4, 1), (0.8, 2)],
        [(0.2, 0), (0.4, 1), (0.6, 1)],  # level 1 kept
        [(0.2, 2), (0.4, 2), (0.6, 2)],  # begun elsewhere: no visit to levels 0 and 1
        [(0.4, 1), (0.2, 2), (0.6, 2)],  # freed by a smaller pulse: no threshold in between
    )
    first, second = find_thresholds(points, LEVELS[:3])
    assert first.freed_V == pytest.approx((0.3, 0.5, 0.3, 0.3))
    assert (first.passed, first.kept) == (0, 0)
    assert second.freed_V == pytest.approx((0.5, 0.6))
    assert (second.passed, second.kept) == (1, 1)


def test_a_visit_that_was_kept_raises_the_threshold_and_one_that_was_passed_lowers_it() -> None:
    freed = [[(0.5, 0), (1.0, 0), (1.5, 1)], [(0.5, 0), (1.0, 1), (1.5, 1)]]
    freed += [[(0.5, 0), (1.0, 0), (1.5, 0), (2.0, 1)]]
    kept = [(0.5, 0), (1.0, 0), (1.5, 0)]
    (plain,) = find_thresholds(staircase(*freed), LEVELS[:2])
    (raised,) = find_thresholds(staircase(*freed, kept, kept), LEVELS[:2])
    assert (plain.kept, raised.kept) == (0, 2)
    assert raised.voltage_V.value > plain.voltage_V.value + 0.05
    assert raised.sigma_V.value > plain.sigma_V.value


def test_steps_wider_than_the_scatter_widen_the_intervals() -> None:
    """A bias of up to (s/π) exp(−2π²σ²/s²) = 0.093 s at σ = s/4, beside 0.024 s of a thousand."""
    step_V, visits = 0.1, 1000
    thresholds_V = norm.ppf((np.arange(visits) + 0.5) / visits, 2.03, step_V / 4)
    firsts = np.ceil(thresholds_V / step_V).astype(int)
    points = staircase(
        *([((n - 1) * step_V, 0), (n * step_V, 1)] for n in firsts.tolist())  # the last two pulses
    )
    (threshold,) = find_thresholds(points, LEVELS[:2])
    assert threshold.voltage_V.value == pytest.approx(2.03, abs=0.1 * step_V)
    assert threshold.sigma_V.value == pytest.approx(step_V / 4, rel=0.1)
    half_width = threshold.voltage_V.high - threshold.voltage_V.value
    assert 0.07 < half_width / step_V < 0.14
    widest = np.sqrt(threshold.sigma_V.value**2 + step_V**2 / 12)
    assert threshold.sigma_V.high == pytest.approx(std_ci(float(widest), visits - 1).high)


def test_the_interval_of_a_censored_threshold_is_that_of_the_curved_likelihood() -> None:
    """Ramps that end before half of the walls are freed: mean and σ are estimated together."""
    step_V, end_V = 0.02, 2.5
    thresholds_V = norm.ppf((np.arange(40) + 0.5) / 40, end_V, 0.2)
    lasts = np.minimum(np.ceil(thresholds_V / step_V), round(end_V / step_V)).astype(int)
    freed = thresholds_V <= lasts * step_V
    points = staircase(
        *(
            [((last - 1) * step_V, 0), (last * step_V, int(left))]
            for last, left in zip(lasts.tolist(), freed.tolist(), strict=True)
        )
    )
    (threshold,) = find_thresholds(points, LEVELS[:2])
    assert (len(threshold.freed_V), threshold.kept) == (freed.sum(), (~freed).sum())

    def cost(mean: float, log_sigma: float) -> float:
        below, above = norm.cdf((np.array([lasts, lasts - 1]) * step_V - mean) / np.exp(log_sigma))
        beyond = norm.sf((lasts * step_V - mean) / np.exp(log_sigma))
        return -float(np.log(np.where(freed, below - above, beyond)).sum())

    def of_both(p: Floats) -> float:
        return cost(float(p[0]), float(p[1]))

    start = np.array([2.5, np.log(0.2)])
    best = minimize(of_both, start, method="Nelder-Mead", options={"fatol": 1e-9, "xatol": 1e-7}).x
    h = 1e-3
    least = cost(best[0], best[1])
    mean = cost(best[0] + h, best[1]) - 2 * least + cost(best[0] - h, best[1])
    sigma = cost(best[0], best[1] + h) - 2 * least + cost(best[0], best[1] - h)
    corners = [s * t * cost(best[0] + s * h, best[1] + t * h) for s in (1, -1) for t in (1, -1)]
    curvature = np.array([[mean, sum(corners) / 4], [sum(corners) / 4, sigma]]) / h**2
    visits = int(freed.sum())
    error = np.sqrt(np.linalg.inv(curvature)[0, 0] * visits / (visits - 1))
    half_width = threshold.voltage_V.high - threshold.voltage_V.value
    assert threshold.voltage_V.value == pytest.approx(best[0], abs=1e-3)
    assert half_width == pytest.approx(t_quantile(visits - 1) * error, rel=0.02)


def test_negative_pulses_meet_no_threshold() -> None:
    points = staircase(*[[(-0.6, 0), (-0.4, 1), (-0.2, 2)]] * 3)
    assert find_thresholds(points, LEVELS[:3]) == ()


def test_one_visit_is_no_threshold_and_two_are() -> None:
    visit = [(0.2, 0), (0.4, 0), (0.6, 1)]
    assert find_thresholds(staircase(visit), LEVELS[:2]) == ()
    (threshold,) = find_thresholds(staircase(visit, visit), LEVELS[:2])
    assert len(threshold.freed_V) == 2
