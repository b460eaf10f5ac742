from dataclasses import replace

import numpy as np
import pytest

from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.stream_learning.network import StreamNetwork, as_input
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.synapses.transitions import drawn_transitions, likeliest_transitions

SOURCE = Source((1,), "lab.sqlite", "test", "2026-01-01", "counted", "good")
# On a ladder of 1 V and 2 V: level 0 is left at 1 V, level 1 at 2 V; 2 V takes level 2 back.
UP = [[[0, 10, 0], [0, 10, 0], [0, 0, 10]], [[10, 0, 0], [0, 0, 10], [0, 0, 10]]]
DOWN = [[[10, 0, 0], [0, 10, 0], [0, 0, 10]], [[10, 0, 0], [10, 0, 0], [10, 0, 0]]]


def pulses(polarity: str, counts: list[list[list[int]]]) -> Pulses:
    nested = tuple(tuple(tuple(row) for row in one) for one in counts)
    return Pulses(polarity, 5e-8, None, None, None, (1.0, 2.0), nested, SOURCE)  # type: ignore[arg-type]


def model() -> StateModel:
    levels = tuple(
        LevelState(Quantity(mean, mean - 1, mean + 1), Quantity(1.0, 0.5, 2.0), 0.1, None, 10)
        for mean in (100.0, 80.0, 60.0)
    )
    tables = (pulses("positive", UP), pulses("negative", DOWN))
    return StateModel("A3", 1, ("A3",), levels, SOURCE, tables, Prior(), 0.05, 0, None)


def mirrored() -> StateModel:
    """The same device with its conductances turned about: it saturates in the last level."""
    middle = 1 / (1 / 100 + 1 / 60 - 1 / 80)
    levels = tuple(
        LevelState(Quantity(ohm), Quantity((ohm / was) ** 2), 0.1, None, 10)
        for ohm, was in ((100.0, 60.0), (middle, 80.0), (60.0, 100.0))
    )
    tables = tuple(
        pulses(one.polarity, [[row[::-1] for row in table[::-1]] for table in counts])
        for one, counts in zip(model().pulses, (UP, DOWN), strict=True)
    )
    return replace(model(), levels=levels, pulses=tables, saturated_level=2)


def test_a_device_that_saturates_in_its_last_level_is_pushed_towards_the_first() -> None:
    found, image = likeliest_transitions(model()), likeliest_transitions(mirrored())
    np.testing.assert_allclose(image.onward, found.onward)
    np.testing.assert_allclose(image.back, found.back)


def test_a_dithered_pulse_leaves_a_level_as_often_as_its_amplitude_suffices() -> None:
    found = likeliest_transitions(model())
    np.testing.assert_allclose(found.onward, np.array([[0, 0.5, 0.5], [0, 0.5, 0.5], [0, 0, 1]]))
    np.testing.assert_allclose(found.back, np.array([[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]]))


def test_positive_and_negative_weights_mirror_each_other() -> None:
    ends = likeliest_transitions(model()).signed()
    rows = np.diff(ends, axis=-1, prepend=0)
    np.testing.assert_allclose(rows[0], rows[1, ::-1, ::-1], atol=1e-6)
    np.testing.assert_allclose(rows[1, 2], rows[1, 3], atol=1e-6)  # the latch turns at level 0
    np.testing.assert_allclose(rows[1, 0, :3], [0.5, 0, 0.5], atol=1e-6)


def test_drawn_devices_differ_and_stay_distributions() -> None:
    rng = np.random.default_rng(0)
    drawn = [drawn_transitions(model(), rng) for _ in range(5)]
    for one in drawn:
        np.testing.assert_allclose(one.onward.sum(axis=1), 1)
        np.testing.assert_allclose(one.back.sum(axis=1), 1)
    assert not np.allclose(drawn[0].onward, drawn[1].onward)


def test_a_model_without_negative_pulses_is_refused() -> None:
    one_way = replace(model(), pulses=(pulses("positive", UP),))
    with pytest.raises(NetworkError, match="model A3 has no negative pulses"):
        likeliest_transitions(one_way)
    other_way = replace(model(), pulses=(pulses("negative", DOWN),))
    with pytest.raises(NetworkError, match="model A3 has no positive pulses"):
        drawn_transitions(other_way, np.random.default_rng(0))


def test_a_model_that_does_not_span_its_levels_is_refused() -> None:
    stuck = [UP[0], UP[0]]
    short = replace(model(), pulses=(pulses("positive", stuck), pulses("negative", DOWN)))
    with pytest.raises(
        NetworkError, match=r"A3 .* positive .* never take the wall from level 0 to"
    ):
        likeliest_transitions(short)
    stuck = [DOWN[0], DOWN[0]]
    short = replace(model(), pulses=(pulses("positive", UP), pulses("negative", stuck)))
    with pytest.raises(
        NetworkError, match=r"negative .* never take the wall from level 2 to level .* in level 2\."
    ):
        likeliest_transitions(short)


def test_measured_pulses_move_states_as_often_as_their_tables_say() -> None:
    """Shares of 50,176 synapses within five standard errors: false alarms below one in 10⁶."""
    setup = StreamSetup(hidden=64, batch=50, subset_images=50, asymmetry=1.0, learning_rate=0.5)
    network = StreamNetwork(setup, np.random.default_rng(0), likeliest_transitions(model()))
    layer = network.layers[0]
    layer.weight[...] = 5
    layer.read[...] = 1
    rng = np.random.default_rng(1)
    images = as_input(rng.integers(0, 256, (50, 28, 28)).astype(np.uint8))
    network.train(images, rng.integers(0, 10, 50))
    asked_down = layer.m > 0  # Adam's first step has size 1, so every synapse is pulsed
    moved = (layer.weight == 3)[asked_down].mean()
    assert abs(moved - 0.5) < 5 * 0.5 / np.sqrt(asked_down.sum())
    assert (layer.weight[~asked_down] == 5).all()
    assert set(np.unique(layer.weight)) <= {3, 5}
