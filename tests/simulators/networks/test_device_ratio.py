"""A calibrated w1/w2 becomes a track of the formula, with what its interval leaves open."""

from dataclasses import replace

import pytest

from dwmtj.analysis.state_model.model import ModelMetaplasticity, Quantity, StateModel
from dwmtj.simulators.networks import NetworkError, StreamStudy
from dwmtj.simulators.networks.stream_learning.device_ratio import device_ratio
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup

from .test_stream_transitions import UP, model, pulses


def with_ratio(value: float, low: float | None, high: float | None) -> StateModel:
    source = replace(
        model().levels_source, runs=(5, 6), method="line through the thresholds", quality="χ² 13"
    )
    ratio = ModelMetaplasticity(Quantity(value, low, high), source)
    return replace(model(), metaplasticity=ratio)


def test_a_narrow_interval_gives_one_track_with_its_source() -> None:
    found = device_ratio(with_ratio(0.31, 0.29, 0.33), StreamSetup(asymmetry=2.0))
    (curve,) = found.curves
    assert curve.setup == StreamSetup(width_ratio=0.31, asymmetry=2.0)
    assert curve.label == "formula, A3:1's 0.31, δ = 2"
    assert (
        "w1/w2 = 0.310 (0.290 to 0.330), line through the thresholds (χ² 13), runs 5, 6"
        in found.remark
    )


def test_both_ends_of_a_wide_interval_are_trained_as_far_as_a_track_can_be() -> None:
    found = device_ratio(with_ratio(0.4, 0.0, 1.7), StreamSetup())
    ratios = {curve.name: curve.setup.width_ratio for curve in found.curves}
    assert ratios == {"device-ratio": 0.4, "device-ratio-low": 0.01, "device-ratio-high": 1.0}
    assert "its ends are trained, too" in found.remark


@pytest.mark.parametrize(
    ("unusable", "told"),
    [
        (model(), "has no w1/w2"),
        (with_ratio(0.26, 0.0, None), "an open interval determines no track"),
        (with_ratio(1.3, 1.1, 1.5), "holds up to 1"),
    ],
)
def test_what_determines_no_track_is_said(unusable: StateModel, told: str) -> None:
    found = device_ratio(unusable, StreamSetup())
    assert not found.curves
    assert told in found.remark
    names = [curve.name for curve in StreamStudy(model=unusable).curves()]
    assert names == ["trapezoid", "measured"]


def test_a_device_of_staircases_alone_learns_by_the_formula_and_is_said_to() -> None:
    one_way = replace(with_ratio(0.31, 0.29, 0.33), pulses=(pulses("positive", UP),))
    study = StreamStudy(model=one_way)
    assert [curve.name for curve in study.curves()] == ["trapezoid", "device-ratio"]
    assert "No measured transitions: " in study.remarks()[1]
    with pytest.raises(NetworkError, match="no negative pulses"):
        StreamStudy(model=one_way, draws=2).curves()
    with pytest.raises(NetworkError, match="no negative pulses"):
        StreamStudy(model=replace(one_way, metaplasticity=None)).curves()


def test_the_reference_stays_the_papers_and_the_measured_device_keeps_its_setup() -> None:
    study = StreamStudy(model=with_ratio(0.31, 0.29, 0.33), setup=StreamSetup(levels=8))
    reference, device, measured = study.curves()
    assert reference.setup.width_ratio == 0.25
    assert (device.setup.levels, measured.setup.levels) == (8, 8)
    assert measured.transitions
