"""Sampled devices follow the tables they were made from, one by one and in millions."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from scipy.stats import chi2, kstest, t

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.analysis.state_model.sampling import SampledDevice, draw_device, most_likely

SOURCE = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
MANY = 200_000
UP_V = (1.0, 2.0, 3.0)
UP = np.array(
    [
        [[8, 2, 0], [0, 0, 0], [0, 0, 0]],
        [[2, 3, 3], [0, 2, 0], [0, 0, 0]],
        [[0, 0, 2], [0, 1, 4], [0, 0, 3]],
    ]
)
DOWN = np.array([[[0, 0, 0], [0, 0, 0], [0, 0, 6]], [[0, 0, 0], [0, 0, 0], [6, 0, 0]]])


def a_model(scale: int = 1) -> StateModel:
    """Three levels; all counts and visits `scale` times as many."""

    def table(
        polarity: Literal["positive", "negative"],
        amplitudes: tuple[float, ...],
        counts: np.ndarray,
    ) -> Pulses:
        nested = tuple(tuple(tuple(row) for row in one) for one in (counts * scale).tolist())
        return Pulses(polarity, 5e-8, None, None, None, amplitudes, nested, SOURCE)

    return StateModel(
        name="A3",
        version=1,
        devices=("A3",),
        levels=tuple(
            LevelState(Quantity(mean, mean - 1, mean + 1), Quantity(1.0, 0.5, 2.0), 0.1, None, n)
            for mean, n in ((100.0, 10 * scale), (80.0, 5 * scale), (60.0, 10 * scale))
        ),
        levels_source=SOURCE,
        pulses=(table("positive", UP_V, UP), table("negative", (1.0, 2.0), DOWN)),
        prior=Prior(),
        saturation_field_T=0.05,
        saturated_level=0,
        read_noise=None,
    )


def shares(levels: np.ndarray) -> np.ndarray:
    return np.bincount(levels, minlength=3) / levels.size


def close(found: np.ndarray, wanted: list[float]) -> bool:
    """Within 5 standard errors of 200,000 draws: false alarms below 1e-6 for each number."""
    sigma = np.sqrt(np.array(wanted) * (1 - np.array(wanted)) / MANY)
    return bool((np.abs(found - wanted) <= 5 * sigma + 1e-6).all())


def test_a_rung_of_the_ladder_does_what_was_counted() -> None:
    device, rng = most_likely(a_model()), np.random.default_rng(1)
    start = np.zeros(MANY, dtype=np.int8)
    assert close(shares(device.pulse(start, 1.0, rng)), [0.8, 0.2, 0.0])
    assert close(shares(device.pulse(start, 2.0, rng, after_V=1.0)), [2 / 8, 3 / 8, 3 / 8])
    assert close(shares(device.pulse(start, 2.0, rng, after_V=2.0)), [1.0, 0.0, 0.0])


def test_a_pulse_out_of_the_blue_does_what_its_ladder_does() -> None:
    device, rng = most_likely(a_model()), np.random.default_rng(2)
    start = np.zeros(MANY, dtype=np.int8)
    at_once = shares(device.pulse(start, 2.0, rng))
    stepwise = device.pulse(device.pulse(start, 1.0, rng), 2.0, rng, after_V=1.0)
    assert close(at_once, [0.2, 0.2 + 0.3, 0.3])
    assert close(shares(stepwise), [0.2, 0.5, 0.3])


def test_devices_with_amplitudes_of_their_own_do_what_they_would_alone() -> None:
    device, rng = most_likely(a_model()), np.random.default_rng(3)
    amplitudes = np.tile([0.0, 0.5, 1.0, 2.0, 2.7, -2.0], MANY)
    start = np.tile(np.array([0, 0, 0, 0, 0, 2], dtype=np.int8), MANY)
    after = device.pulse(start, amplitudes, rng).reshape(-1, 6)
    assert (after[:, :2] == 0).all()
    assert close(shares(after[:, 2]), [0.8, 0.2, 0.0])
    assert close(shares(after[:, 3]), [0.2, 0.5, 0.3])
    assert close(shares(after[:, 4]), [0.2, 0.5, 0.3])
    assert (after[:, 5] == 0).all()


def test_programming_stops_at_the_target_or_beyond_it() -> None:
    device, rng = most_likely(a_model()), np.random.default_rng(4)
    hit = 0.2 + 0.8 * 3 / 8
    targets = np.repeat(np.arange(3, dtype=np.int8), MANY)
    reached = device.program(targets, rng).reshape(3, MANY)
    assert (reached[0] == 0).all()
    assert close(shares(reached[1]), [0.0, hit, 1 - hit])
    assert close(shares(reached[2]), [0.0, 0.5 * 0.2, 1 - 0.5 * 0.2])


def test_a_visit_keeps_its_resistance_and_a_new_one_does_not() -> None:
    device, rng = most_likely(a_model()), np.random.default_rng(5)
    level = np.ones(MANY, dtype=np.int8)
    settled = device.settle(level, rng)
    assert settled.mean() == pytest.approx(80.0, abs=5 / np.sqrt(MANY))
    assert settled.std() == pytest.approx(1.0, rel=5 / np.sqrt(2 * MANY))
    assert (device.read(level, rng, settled) == settled).all()  # this model has no read noise
    assert not (device.read(level, rng) == settled).any()


def spread_over_draws(model: StateModel) -> tuple[float, float]:
    """The standard deviations, over drawn devices, of a level's mean and of a probability."""
    rng = np.random.default_rng(6)
    devices = [draw_device(model, rng) for _ in range(400)]
    moved = [one.positive.matrices[1, 0, 1] for one in devices if one.positive]
    return float(np.std([one.mean_ohm[1] for one in devices])), float(np.std(moved))


def test_few_data_make_drawn_devices_that_differ_more() -> None:
    few, many = spread_over_draws(a_model()), spread_over_draws(a_model(scale=100))
    assert few[0] > 5 * many[0]
    assert few[1] > 5 * many[1]
    p = 3 / 8
    assert many[1] == pytest.approx(np.sqrt(p * (1 - p) / 800), rel=0.2)


def test_drawn_levels_follow_the_posterior_of_their_visits() -> None:
    """ν s²/σ² is χ² and (µ − mean)/(s/√n) Student's t with ν = n − 1; false alarms below 1e-3."""
    rng, visits = np.random.default_rng(10), np.array([10, 5, 10])
    devices = [draw_device(a_model(), rng) for _ in range(3000)]
    sigma = np.array([one.cycle_std_ohm for one in devices])
    mean = np.array([one.mean_ohm for one in devices])
    for level, count in enumerate(visits):
        freedom = count - 1
        assert kstest(freedom / sigma[:, level] ** 2, chi2(freedom).cdf).pvalue > 3e-4
        deviation = (mean[:, level] - (100.0, 80.0, 60.0)[level]) * np.sqrt(count)
        assert kstest(deviation, t(freedom).cdf).pvalue > 3e-4


def test_the_same_generator_draws_the_same() -> None:
    first, second = (draw_device(a_model(), np.random.default_rng(7)) for _ in range(2))
    level = np.zeros(1000, dtype=np.int8)
    pulses = [one.pulse(level, 2.0, np.random.default_rng(8)) for one in (first, second)]
    assert (first.mean_ohm == second.mean_ohm).all()
    assert (pulses[0] == pulses[1]).all()


def test_what_was_not_measured_is_refused() -> None:
    model = a_model()
    device, rng = most_likely(model), np.random.default_rng(9)
    wrong: list[tuple[float, float, str]] = [
        (0, 3.5, "calibrated up to 3 V"),
        (0, float("nan"), "nan V is not within it"),
        (3, 1.0, "from 0 to 2"),
        (0.5, 1.0, "from 0 to 2"),
    ]
    for level, amplitude_V, told in wrong:
        with pytest.raises(AnalysisError, match=told):
            device.pulse(level, amplitude_V, rng)
    one_way: SampledDevice = most_likely(replace(model, pulses=model.pulses[:1]))
    with pytest.raises(AnalysisError, match="no negative pulses"):
        one_way.pulse(0, -1.0, rng)
    blank = tuple(replace(level, cycle_std_ohm=None) for level in model.levels)
    with pytest.raises(AnalysisError, match="has no spread"):
        most_likely(replace(model, levels=blank))
