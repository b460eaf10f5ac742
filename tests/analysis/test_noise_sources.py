"""Kinds of noise are told apart in series drawn from known parameters, and misfits are said.

`benchmarks/noise_sources.py` has the same over 200 series of each kind.
"""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures.series.dwell import BINS, expected_shares
from dwmtj.analysis.noise.gaussian import fit_white
from dwmtj.analysis.noise.goodness import exponentiality, independence, normality
from dwmtj.analysis.noise.sources import NoiseSources, identify_noise
from dwmtj.arrays import Floats
from dwmtj.benchmarks._noise_series import drift, flicker, readings, telegraph

COUNT, INTERVAL_S, SIGMA, SERIES = 600, 0.1, 2e-4, 12


def draw(rng: np.random.Generator, kind: str) -> Floats:
    """Draw ln R (n,) of a kind of noise, white noise included."""
    noise = SIGMA * rng.normal(size=COUNT)
    if "1/f" in kind:
        noise += flicker(rng, COUNT, INTERVAL_S, 0.2 * SIGMA**2)
    if "telegraph" in kind:
        noise += 5 * SIGMA * telegraph(rng, COUNT, INTERVAL_S, (3.0, 1.5))
    if "drift" in kind:
        noise += drift(COUNT, 0.01)
    return noise


def found(kind: str, seed: int) -> NoiseSources:
    return identify_noise(readings(draw(np.random.default_rng(seed), kind), INTERVAL_S))


@pytest.mark.parametrize(
    "kind",
    ["white", "1/f", "telegraph", "drift", "1/f + drift", "telegraph + drift", "telegraph + 1/f"],
)
def test_each_kind_of_noise_is_recognised_and_its_model_fits(kind: str) -> None:
    """12 series each; the benchmark finds 96 % right, so fewer than 9: below 1e-3."""
    series = [found(kind, seed) for seed in range(SERIES)]
    assert sum(each.chosen.name == kind for each in series) >= 9
    assert sum(each.goodness.fits for each in series) >= 9


def test_step_dwell_times_and_drift_lie_in_their_intervals() -> None:
    """20 series with four intervals each; fewer than 68 of 80 at true 95 %: 1e-3."""
    covered = 0
    for seed in range(20):
        model = found("telegraph + drift", 100 + seed).chosen
        assert model.telegraph is not None and model.step is not None
        assert model.drift_exponent is not None
        lower, upper = model.telegraph.dwell_s
        covered += np.expm1(5 * SIGMA) in model.step
        covered += 3.0 in lower
        covered += 1.5 in upper
        covered += 0.01 in model.drift_exponent
    assert covered >= 68


@pytest.mark.parametrize("kind", ["walk", "three levels", "one step"])
def test_noise_of_no_known_kind_is_said_not_to_fit(kind: str) -> None:
    rejected = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        noise = SIGMA * rng.normal(size=COUNT)
        if kind == "walk":
            noise = np.cumsum(noise)
        elif kind == "three levels":
            noise += 6 * SIGMA * telegraph(rng, COUNT, INTERVAL_S, (3.0, 3.0, 3.0))
        else:
            noise += 10 * SIGMA * (np.arange(COUNT) > 250)
        rejected += not identify_noise(readings(noise, INTERVAL_S)).goodness.fits
    assert rejected >= 5


@pytest.mark.parametrize("kind", ["white", "telegraph"])
def test_a_drift_linear_in_time_is_no_1f_noise_and_its_size_is_recovered(kind: str) -> None:
    """A stage that warms by 5 σ of a reading; fewer than 9 of 12 intervals at true 95 %: 2e-3."""
    true, covered = 5 * SIGMA, 0
    for seed in range(SERIES):
        noise = draw(np.random.default_rng(seed), kind) + true * np.linspace(0, 1, COUNT)
        series = identify_noise(readings(noise, INTERVAL_S))
        assert "linear drift" in series.chosen.name
        assert "1/f" not in series.chosen.name
        assert series.goodness.fits
        assert series.chosen.linear_drift is not None
        covered += true in series.chosen.linear_drift
    assert covered >= 9


def test_dwells_in_whole_readings_are_expected_where_they_are_counted() -> None:
    """10,000 dwells of two readings each; χ² over the bins above its 99.9 % point: 1e-3."""
    leave, bins = 0.5, len(BINS) - 1
    lengths = np.random.default_rng(8).geometric(leave, 10_000)
    counted = np.histogram(lengths / 2.0, BINS)[0]
    expected = 10_000 * np.nan_to_num(expected_shares(leave, 1 / 2.0))
    assert expected.sum() == pytest.approx(10_000, rel=1e-3)
    known = expected > 5
    assert counted[~known].sum() <= 20
    assert ((counted - expected)[known] ** 2 / expected[known]).sum() < 1.9 * bins + 10


def test_dwell_times_that_are_not_exponential_are_rejected() -> None:
    """Stays of equal length: a square wave looks like telegraph noise in every other respect."""
    state = (np.arange(COUNT) // 15 % 2).astype(np.intp)
    leave = np.array([1 / 15, 1 / 15])
    assert exponentiality(state, np.zeros(COUNT), 1.0, 0.05, leave) < 0.01


def test_the_tests_reject_a_right_model_as_rarely_as_they_should() -> None:
    """400 series of normal values; more than 11 of 400 below 1 % at a true 1 %: 2e-3."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(400, 300))
    assert sum(normality(each) < 0.01 for each in values) <= 11
    assert sum(independence(each, 0) < 0.01 for each in values) <= 11
    assert normality(rng.standard_t(3, 300)) < 0.01
    assert independence(np.convolve(values[0], [1, 0.5]), 0) < 0.01


def test_a_drift_counts_its_time_from_the_last_pulse() -> None:
    points = readings(draw(np.random.default_rng(1), "drift"), INTERVAL_S)
    with_pulse = identify_noise(points)
    assert with_pulse.origin == "the last pulse"
    later = points.iloc[100:]
    assert identify_noise(later).origin == "one interval before the first reading"
    exponent = with_pulse.chosen.drift_exponent
    assert exponent is not None and 0.01 in exponent


def test_white_noise_alone_is_the_mean_and_standard_deviation_of_the_readings() -> None:
    y = np.random.default_rng(2).normal(3.0, 0.5, 500)
    fit = fit_white(y, np.ones((500, 1)))
    assert fit.coefficients[0] == pytest.approx(y.mean())
    assert fit.white_std.value == pytest.approx(y.std(ddof=1))


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (np.zeros(20), "too few"),
        (np.zeros(200), "resolution"),
        (np.full(200, np.nan), "not numbers"),
    ],
)
def test_what_cannot_be_analysed_is_said(series: Floats, told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        identify_noise(readings(series, INTERVAL_S))


def test_negative_resistances_and_breaks_are_refused() -> None:
    points = readings(draw(np.random.default_rng(3), "white"), INTERVAL_S)
    negative = points.assign(resistance_ohm=points["resistance_ohm"] - 76.0)
    with pytest.raises(AnalysisError, match="zero or less"):
        identify_noise(negative)
    broken = pd.concat([points.iloc[:200], points.iloc[260:]])
    with pytest.raises(AnalysisError, match="steady rate"):
        identify_noise(broken)
