"""The distribution of a level over its visits, whatever the wall does within one."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import Estimate, Level
from dwmtj.analysis.intervals import mean_ci, std_ci, t_quantile
from dwmtj.analysis.levels.conductance import conductance_levels
from dwmtj.analysis.levels.visits import distribution, is_outlier, sequence_starts, visits_of


def visits(mean_ohm: list[float], variance_ohm2: list[float], readings: int = 5) -> pd.DataFrame:
    rows = {"mean_ohm": mean_ohm, "variance_ohm2": variance_ohm2, "readings": readings}
    return pd.DataFrame(rows)


def ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


def test_visits_that_do_not_creep_have_students_and_chi_squares_intervals() -> None:
    means = [99.0, 100.5, 100.0, 101.5, 98.5]
    found = distribution(visits(means, [0.0] * 5))
    assert ends(found.mean_ohm) == pytest.approx(ends(mean_ci(np.array(means))))
    assert ends(found.sigma_ohm) == pytest.approx(ends(std_ci(float(np.std(means, ddof=1)), 4)))
    assert (found.visits, found.readings) == (5, 25)


def test_creep_adds_to_the_spread_with_satterthwaites_degrees_and_not_to_the_mean() -> None:
    means, creep = [99.0, 100.5, 100.0, 101.5, 98.5], [0.5, 1.5, 0.2, 0.8, 3.0]
    found = distribution(visits(means, creep))
    between, within = np.var(means, ddof=1), np.mean(creep)
    error = 2 * between**2 / 4 + np.var(creep, ddof=1) / 5
    degrees = float(2 * (between + within) ** 2 / error)
    expected = std_ci(float(np.sqrt(between + within)), degrees)
    assert ends(found.sigma_ohm) == pytest.approx(ends(expected))
    assert ends(found.mean_ohm) == pytest.approx(ends(mean_ci(np.array(means))))


def test_two_visits_are_enough_for_an_interval_and_one_is_not() -> None:
    pair, single = distribution(visits([99.0, 101.0], [0.0, 0.0])), visits([99.0], [4.0])
    assert ends(pair.mean_ohm) == pytest.approx(ends(mean_ci(np.array([99.0, 101.0]))))
    found = distribution(single)
    assert ends(found.mean_ohm) == (99.0, -np.inf, np.inf)
    assert ends(found.sigma_ohm) == (2.0, 0.0, np.inf)
    assert (found.visits, found.readings) == (1, 5)


def test_visits_that_all_agree_have_no_spread() -> None:
    found = distribution(visits([100.0] * 10, [0.0] * 10))
    assert ends(found.mean_ohm) == (100.0, 100.0, 100.0)
    assert ends(found.sigma_ohm) == (0.0, 0.0, 0.0)


def test_neighbouring_visits_that_agree_count_as_fewer() -> None:
    """n visits whose neighbours have the correlation ρ count as n (1 − ρ)/(1 + ρ)."""
    count = 40
    means = 100.0 + np.repeat([1.0, -1.0] * 5, 4)
    residual = means - means.mean()
    alike = (residual[1:] @ residual[:-1]) / (residual @ residual) + 1 / count
    found = distribution(visits(means.tolist(), [0.0] * count))
    independent = count * (1 - alike) / (1 + alike)
    half_width = t_quantile(independent - 1) * means.std(ddof=1) / np.sqrt(independent)
    assert found.mean_ohm.high - found.mean_ohm.value == pytest.approx(half_width)
    spread = std_ci(float(means.std(ddof=1)), independent - 1)
    assert ends(found.sigma_ohm) == pytest.approx(ends(spread))


def test_a_drift_leaves_little_more_than_two_independent_visits() -> None:
    means = 100.0 + np.linspace(-1, 1, 200)
    found = distribution(visits(means.tolist(), [0.0] * 200))
    independent = 200 * 0.05 / 1.95
    half_width = t_quantile(independent - 1) * means.std(ddof=1) / np.sqrt(independent)
    assert found.mean_ohm.high - 100.0 == pytest.approx(half_width)
    short = distribution(visits((100.0 + np.linspace(-1, 1, 20)).tolist(), [0.0] * 20))
    assert np.isfinite(short.mean_ohm.high)


def test_a_chance_agreement_of_neighbours_lowers_no_number_of_visits() -> None:
    means = 100.0 + np.array([0.0, 1.0, -1.0, 0.5, -0.5, 1.0, 0.8, -1.0, 0.2, 0.0, 1.0, -0.7])
    found = distribution(visits(means.tolist(), [0.0] * len(means)))
    assert ends(found.mean_ohm) == pytest.approx(ends(mean_ci(means)))
    few = 100.0 + np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])  # no seven visits are enough
    found = distribution(visits(few.tolist(), [0.0] * len(few)))
    assert ends(found.mean_ohm) == pytest.approx(ends(mean_ci(few)))


def test_a_visit_ends_with_its_sequence_or_its_level() -> None:
    pulsed = pd.DataFrame(
        {
            "sequence": [0, 0, 0, 1, 1, 2],
            "cycle": [0, 0, 0, 0, 0, 1],
            "phase": ["write", "write", "write", "reset", "reset", "write"],
            "resistance_ohm": [100.0, 80.0, 82.0, 81.0, 99.0, 98.0],
        }
    )
    assert sequence_starts(pulsed).tolist() == [True, False, False, True, False, True]
    found = visits_of(pulsed, np.array([0, 1, 1, 1, 0, 0]))
    assert found.to_dict("list") == {
        "level": [0, 1, 1, 0, 0],
        "sequence": [0, 0, 1, 1, 2],
        "cycle": [0, 0, 0, 0, 1],
        "phase": ["write", "write", "reset", "reset", "write"],
        "first": [0, 1, 3, 4, 5],
        "readings": [1, 2, 1, 1, 1],
        "mean_ohm": [100.0, 81.0, 81.0, 99.0, 98.0],
        "variance_ohm2": [0.0, 1.0, 0.0, 0.0, 0.0],
    }


def test_an_outlier_lies_more_than_seven_sigma_from_its_own_level() -> None:
    resistance, label = np.array([114.0, 114.1, 85.0, 83.5, 83.6]), np.array([0, 0, 0, 1, 1])
    found = is_outlier(resistance, label, np.array([100.0, 80.0]), np.array([2.0, 0.5]))
    assert found.tolist() == [False, True, True, False, True]


def test_a_level_as_a_conductance_has_its_ends_exchanged_and_the_same_relative_spread() -> None:
    (found,) = conductance_levels([Level(Estimate(50, 40, 100), Estimate(2, 1, 4), 7)])
    assert ends(found.conductance_S) == pytest.approx((0.02, 0.01, 0.025))
    assert ends(found.sigma_S) == pytest.approx((8e-4, 4e-4, 1.6e-3))
    assert ends(found.write_noise) == pytest.approx((0.04, 0.02, 0.08))
    assert found.visits == 7


def test_a_level_below_one_ohm_has_a_conductance_above_one_siemens() -> None:
    (found,) = conductance_levels([Level(Estimate(0.5, 0.25, 1), Estimate(0.01, 0, 0.02), 7)])
    assert ends(found.conductance_S) == (2.0, 1.0, 4.0)


@pytest.mark.parametrize("low_ohm", [-np.inf, -1.0, 0.0])
def test_a_resistance_that_may_be_zero_has_a_conductance_without_bound(low_ohm: float) -> None:
    (found,) = conductance_levels([Level(Estimate(50, low_ohm, np.inf), Estimate(2, 0, np.inf), 1)])
    assert ends(found.conductance_S) == (0.02, 0.0, np.inf)
    assert found.write_noise.high == np.inf
