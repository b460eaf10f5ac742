"""What was measured by itself is added to a model with its interval and its source."""

from math import inf, nan

import pytest

from dwmtj.analysis import Estimate, Metaplasticity, Retention
from dwmtj.analysis.state_model.additions import (
    with_frozen_share,
    with_metaplasticity,
    with_retention,
)
from dwmtj.analysis.state_model.file import model_json, parse_model
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.analysis.switching.frozen_share import FrozenShare, Trains

SOURCE = Source((8,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "held at 0 V", "")


@pytest.fixture
def model() -> StateModel:
    levels = tuple(LevelState(Quantity(mean), None, 0.1, None, 1) for mean in (100.0, 60.0))
    pulses = Pulses("positive", None, None, None, None, (1.0,), (((0, 1), (0, 0)),), SOURCE)
    return StateModel("A3", 1, ("A3",), levels, SOURCE, (pulses,), Prior(), None, None, None)


def test_a_level_never_left_lasts_at_least_as_long_as_the_data_say(model: StateModel) -> None:
    kept = (
        Retention(0, 1e6, 0, Estimate(0.0, 0.0, 3e-6), 1.0, Estimate(0.0, -inf, inf)),
        Retention(1, 1e6, 2, Estimate(2e-6, 0.5e-6, 8e-6), 1.0, Estimate(0.0, -inf, inf)),
    )
    first, second = with_retention(model, kept, SOURCE, temperature_K=300.0).retention
    assert first.lifetime_s.value == first.lifetime_s.low == pytest.approx(1 / 3e-6)
    assert first.lifetime_s.high is None
    ends = (second.lifetime_s.low, second.lifetime_s.value, second.lifetime_s.high)
    assert ends == pytest.approx((1 / 8e-6, 1 / 2e-6, 1 / 0.5e-6))
    assert first.source.quality == "0 escapes in 1e+06 s"
    assert (first.source.runs, first.temperature_K) == ((8,), 300.0)


def test_an_open_interval_of_the_width_ratio_stays_open_in_the_file(model: StateModel) -> None:
    fit = Metaplasticity(Estimate(0.25, -inf, 0.4), 1.0, 4.0, 1.5, 3)
    added = with_metaplasticity(model, fit, SOURCE)
    assert added.metaplasticity is not None
    assert added.metaplasticity.width_ratio == Quantity(0.25, None, 0.4)
    assert added.metaplasticity.source.quality == "3 thresholds, χ² 1.5 a degree of freedom"
    assert parse_model(model_json(added)) == added


def test_a_line_that_does_not_fit_is_named_in_the_model(model: StateModel) -> None:
    fit = Metaplasticity(Estimate(0.09, 0.01, 0.17), 1.0, 3.0, 13.0, 5)
    added = with_metaplasticity(model, fit, SOURCE)
    assert added.metaplasticity is not None
    quality = "5 thresholds, χ² 13 a degree of freedom: the line does not fit"
    assert added.metaplasticity.source.quality == quality


def test_a_frozen_share_whose_law_was_not_tested_says_so(model: StateModel) -> None:
    trains = (Trains(1.2, 2, (1, 2), (5, 1, 4)),)
    added = with_frozen_share(model, FrozenShare(Estimate(0.9, 0.5, 1.0), trains, nan), SOURCE)
    assert added.frozen_share is not None
    assert added.frozen_share.source.quality == "10 trains of 2 pulses, too few to test the law"
