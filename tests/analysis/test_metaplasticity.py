"""The width ratio of a taper is recovered from switching voltages with unequal notches."""

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError, Estimate, fit_metaplasticity, wall_position


@pytest.mark.parametrize(
    ("notches", "depths", "errors_V"), [(3, 0.0, 0.01), (5, 0.03, 0.005), (7, 0.02, 0.02)]
)
def test_the_width_ratio_lies_in_its_interval(notches: int, depths: float, errors_V: float) -> None:
    """400 devices a case, notches scattering by `depths` V; 92–98.5 % at true 95 %: 4e-3."""
    rng = np.random.default_rng(1)
    position = np.linspace(0.2, 0.95, notches)
    covered = 0
    for _ in range(400):
        ratio = rng.uniform(0.2, 0.9)
        truth = 4.0 * (ratio + (1 - ratio) * position) + depths * rng.normal(size=notches)
        found = truth + errors_V * rng.normal(size=notches)
        estimates = [Estimate(v, v - 1.96 * errors_V, v + 1.96 * errors_V) for v in found]
        covered += ratio in fit_metaplasticity(position.tolist(), estimates).width_ratio
    assert 0.92 <= covered / 400 <= 0.985


def test_f_meta_goes_from_one_to_the_width_ratio() -> None:
    voltages = [Estimate(v, v - 0.01, v + 0.01) for v in (1.75, 2.5, 3.25)]
    fit = fit_metaplasticity([0.25, 0.5, 0.75], voltages)
    assert fit.width_ratio.value == pytest.approx(0.25)
    assert fit.f_meta(0.0).value == pytest.approx(1.0)
    assert fit.f_meta(-1.0).value == pytest.approx(0.25)
    assert (fit.narrow_end_V, fit.wide_end_V) == pytest.approx((1.0, 4.0))


def test_a_part_that_does_not_scale_with_the_width_is_taken_off() -> None:
    voltages = [Estimate(v, v - 0.01, v + 0.01) for v in (2.08, 4.08)]
    assert fit_metaplasticity([1 / 3, 1.0], voltages, 0.08).width_ratio.value == pytest.approx(0.25)


def test_a_walls_position_follows_from_the_area_behind_it() -> None:
    assert wall_position(0.5, 1.0) == pytest.approx(0.5)
    assert wall_position(1.0, 0.25) == pytest.approx(1.0)
    x = wall_position(0.3, 0.25)
    assert (0.25 * x + 0.75 * x**2 / 2) / (0.25 + 0.375) == pytest.approx(0.3)


@pytest.mark.parametrize("position", [[0.5, 0.5], [0.5, np.nan]])
def test_one_notch_is_no_function(position: list[float]) -> None:
    with pytest.raises(AnalysisError):
        fit_metaplasticity(position, [Estimate(1.0, 0.9, 1.1), Estimate(2.0, 1.9, 2.1)])
