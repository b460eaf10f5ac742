"""The width ratio of a taper is recovered from switching voltages with unequal notches."""

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError, Estimate, fit_metaplasticity, wall_position
from dwmtj.analysis.intervals import ratio_ci


@pytest.mark.parametrize(
    ("notches", "depths", "errors_V"), [(3, 0.0, 0.01), (5, 0.03, 0.005), (7, 0.02, 0.02)]
)
def test_the_width_ratio_lies_in_its_interval(notches: int, depths: float, errors_V: float) -> None:
    """400 devices a case, notches scattering by `depths` V; 92–98.5 % at true 95 %: 4e-3.

    Three notches of one depth, whose residuals are those of one degree of freedom, hold 99 %.
    """
    rng = np.random.default_rng(1)
    position = np.linspace(0.2, 0.95, notches)
    covered = 0
    for _ in range(400):
        ratio = rng.uniform(0.2, 0.9)
        truth = 4.0 * (ratio + (1 - ratio) * position) + depths * rng.normal(size=notches)
        found = truth + errors_V * rng.normal(size=notches)
        estimates = [Estimate(v, v - 1.96 * errors_V, v + 1.96 * errors_V) for v in found]
        covered += ratio in fit_metaplasticity(position.tolist(), estimates).width_ratio
    assert 0.92 <= covered / 400 <= (0.985 if depths else 0.999)


def test_notches_on_a_line_by_chance_do_not_make_the_interval_narrower_than_their_errors() -> None:
    position, voltages = [0.25, 0.5, 0.75], [1.75, 2.5, 3.25]
    found = fit_metaplasticity(position, [measured(v, 0.2) for v in voltages])
    alone = fit_metaplasticity(position[::2], [measured(v, 0.2) for v in voltages[::2]])
    assert found.excess < 1e-9
    low, high = alone.width_ratio.low, alone.width_ratio.high
    assert found.width_ratio.low == pytest.approx(low, abs=0.1)
    assert found.width_ratio.high == pytest.approx(high, abs=0.1)


def test_f_meta_goes_from_one_to_the_width_ratio() -> None:
    voltages = [Estimate(v, v - 0.01, v + 0.01) for v in (1.75, 2.5, 3.25)]
    fit = fit_metaplasticity([0.25, 0.5, 0.75], voltages)
    assert fit.width_ratio.value == pytest.approx(0.25)
    assert fit.f_meta(0.0).value == pytest.approx(1.0)
    assert ends(fit.f_meta(-1.0)) == pytest.approx(ends(fit.width_ratio))
    assert ends(fit.f_meta(0.5)) == pytest.approx([(1 + end) / 2 for end in ends(fit.width_ratio)])
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


def measured(voltage_V: float, error_V: float) -> Estimate:
    return Estimate(voltage_V, voltage_V - 1.96 * error_V, voltage_V + 1.96 * error_V)


def ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


def test_the_line_is_that_of_dersimonian_and_laird_with_the_interval_of_hartung_and_knapp() -> None:
    """The scatter of notches from the trace of P = W − W X (Xᵀ W X)⁻¹ Xᵀ W."""
    x = np.array([0.1, 0.35, 0.6, 0.8, 1.0])
    y = np.array([1.35, 2.05, 2.5, 3.5, 3.8])
    errors = np.array([0.02, 0.1, 0.05, 0.15, 0.08])
    design = np.column_stack([np.ones(5), x])
    weight = np.diag(errors**-2.0)
    hat = design @ np.linalg.inv(design.T @ weight @ design) @ design.T
    projection = weight - weight @ hat @ weight
    excess = y @ projection @ y
    scatter = (excess - 3) / np.trace(projection)
    total = np.sqrt(errors**2 + scatter)
    line, *_ = np.linalg.lstsq(design / total[:, None], y / total, rcond=None)
    residual = (y - design @ line) / total
    covariance = np.linalg.inv(design.T @ np.diag(total**-2.0) @ design) * (residual @ residual) / 3
    turn = np.array([[1.0, 0.0], [1.0, 1.0]])
    fit = fit_metaplasticity(x.tolist(), [measured(*pair) for pair in zip(y, errors, strict=True)])
    assert scatter > 0
    assert (fit.narrow_end_V, fit.wide_end_V) == pytest.approx((line[0], line.sum()))
    expected = ratio_ci(line[0], line.sum(), turn @ covariance @ turn.T, 3)
    assert ends(fit.width_ratio) == pytest.approx(ends(expected))
    assert fit.excess == pytest.approx(excess / 3)
    assert fit.notches == 5


def test_voltages_closer_to_a_line_than_their_errors_are_weighted_by_these_alone() -> None:
    x, errors = np.array([0.0, 0.4, 0.7, 1.0]), np.array([0.1, 0.3, 0.2, 0.4])
    y = 1.0 + 3.0 * x + 0.05 * np.array([1.0, -1.0, 1.0, -1.0])
    fit = fit_metaplasticity(x.tolist(), [measured(*pair) for pair in zip(y, errors, strict=True)])
    slope, narrow = np.polyfit(x, y, 1, w=1 / errors)
    assert fit.excess < 1
    assert (fit.narrow_end_V, fit.wide_end_V) == pytest.approx((narrow, narrow + slope))


def test_two_notches_count_with_their_own_errors() -> None:
    fit = fit_metaplasticity([0, 1], [measured(1.0, 0.02), measured(4.0, 0.05)])
    expected = ratio_ci(1.0, 4.0, np.diag([0.02**2, 0.05**2]), 1e9)
    assert ends(fit.width_ratio) == pytest.approx(ends(expected))
    assert np.isnan(fit.excess)
    assert fit.notches == 2


@pytest.mark.parametrize("unknown", [Estimate(4.0, -np.inf, np.inf), Estimate(4.0, 4.0, 4.0)])
def test_two_notches_one_of_unknown_error_have_a_ratio_without_bounds(unknown: Estimate) -> None:
    fit = fit_metaplasticity([0.0, 1.0], [measured(1.0, 0.02), unknown])
    assert ends(fit.width_ratio) == (0.25, 0.0, np.inf)
    assert (fit.narrow_end_V, fit.wide_end_V) == pytest.approx((1.0, 4.0))
    assert np.isnan(fit.excess)


@pytest.mark.parametrize("unknown", [Estimate(3.2, -np.inf, np.inf), Estimate(3.2, 3.2, 3.2)])
def test_a_voltage_of_unknown_error_counts_as_the_least_certain_one(unknown: Estimate) -> None:
    known = [measured(1.0, 0.02), measured(2.2, 0.3), measured(4.0, 0.1)]
    position = [0.0, 0.4, 1.0, 0.7]
    fit = fit_metaplasticity(position, [*known, unknown])
    expected = fit_metaplasticity(position, [*known, measured(3.2, 0.3)])
    assert ends(fit.width_ratio) == pytest.approx(ends(expected.width_ratio))


def test_without_any_error_the_residuals_say_how_certain_the_line_is() -> None:
    position, voltages = [0.0, 0.3, 0.6, 1.0], [1.0, 2.0, 2.7, 4.1]
    fit = fit_metaplasticity(position, [Estimate(v, v, v) for v in voltages])
    (slope, narrow), covariance = np.polyfit(position, voltages, 1, cov=True)
    turn = np.array([[0.0, 1.0], [1.0, 1.0]])
    expected = ratio_ci(narrow, narrow + slope, turn @ covariance @ turn.T, 2)
    assert ends(fit.width_ratio) == pytest.approx(ends(expected), rel=1e-6)


@pytest.mark.parametrize("share", [-0.5, 0.0, 1.0, 1.5])
@pytest.mark.parametrize("width_ratio", [0.25, 1.0, 4.0])
def test_a_wall_stays_on_the_track_whatever_the_reading(share: float, width_ratio: float) -> None:
    assert wall_position(share, width_ratio) == pytest.approx(min(1.0, max(0.0, share)))


def test_a_voltage_that_is_no_number_is_refused_like_one_without_position() -> None:
    with pytest.raises(AnalysisError, match="not numbers; leave those notches out"):
        fit_metaplasticity([0.0, 1.0], [measured(1.0, 0.1), measured(np.nan, 0.1)])
    with pytest.raises(AnalysisError, match="two or more different positions"):
        fit_metaplasticity([0.0, 0.5, 1.0], [measured(1.0, 0.1), measured(2.0, 0.1)])


def test_a_line_that_does_not_hold_is_named() -> None:
    straight = [measured(v, 0.01) for v in (1.75, 2.5, 3.25, 3.5)]
    place = [0.25, 0.5, 0.75, 5 / 6]
    assert fit_metaplasticity(place, straight).problem == ""
    bent = [measured(v, 0.01) for v in (1.75, 2.9, 3.25, 3.5)]
    assert fit_metaplasticity(place, bent).problem == "does not fit"
    unknown = Estimate(3.25, -np.inf, np.inf)
    assert fit_metaplasticity([0.25, 0.75], [straight[0], unknown]).problem == "not determined"
