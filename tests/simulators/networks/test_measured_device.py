"""A calibrated device as a synapse does to weights what its model's pulses did to walls."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.synapses.measured_device import measured_device
from dwmtj.simulators.networks.synapses.synapse import PulsedSynapse
from dwmtj.simulators.networks.synapses.technologies import of_model
from dwmtj.tests.simulators.networks.test_stream_transitions import (
    DOWN,
    UP,
    mirrored,
    model,
    pulses,
)

COUNT = 20_000


def pulsed(start: float, *, upward: bool, seed: int = 1) -> np.ndarray:
    device = measured_device(model())
    weights = torch.full((COUNT,), start)
    generator = torch.Generator().manual_seed(seed)
    return device.pulse(weights, torch.full((COUNT,), upward), generator).numpy()


def test_levels_are_conductances_over_their_range() -> None:
    device = measured_device(model())
    middle = 2 * (1 / 80 - 1 / 100) / (1 / 60 - 1 / 100) - 1
    assert device.levels.numpy() == pytest.approx([-1, middle, 1], abs=1e-6)


def test_pulses_move_walls_as_often_as_the_model_does() -> None:
    """Shares of 20,000 around ½ have a standard error of 0.35 %; 2 % is more than 5 of them."""
    middle = float(measured_device(model()).levels[1])
    assert (pulsed(middle, upward=True) > 0.7).mean() == pytest.approx(0.5, abs=0.02)
    assert (pulsed(middle, upward=False) < -0.7).mean() == pytest.approx(0.5, abs=0.02)


def test_a_wall_that_stays_keeps_its_weight_and_one_that_arrives_scatters() -> None:
    after = pulsed(1.0, upward=True)
    assert (after == 1.0).all()  # nothing takes it further
    arrived = pulsed(-1.0, upward=True)
    arrived = arrived[arrived > 0.5]
    spread = float(measured_device(model()).spreads[2])
    assert arrived.std() == pytest.approx(spread, rel=0.05)  # 10,000: 5 % is 7 standard errors


def test_the_mean_step_is_the_range_over_the_pulses_that_a_sweep_takes() -> None:
    """Upward: from level 0 half of the pulses reach level 1, half level 2, from 1 half reach 2.

    A wall leaves level 0 at the first pulse, then needs two more on average half of the time.
    """
    up, down = measured_device(model()).mean_steps
    assert up == pytest.approx(2 / (1 + 0.5 * 2))
    assert down == pytest.approx(2 / 2)


def test_a_network_can_ask_it_for_increments() -> None:
    synapse = PulsedSynapse(measured_device(model()))
    written = synapse.update(
        torch.zeros(50, 50), torch.full((50, 50), 0.1), torch.Generator().manual_seed(1)
    )
    assert written.pulses > 0
    assert written.weights.min() >= -1
    assert written.weights.max() <= 1


def test_its_row_says_what_the_model_lacks() -> None:
    row = of_model(model())
    assert (row.name, row.write_s, row.energy_J) == ("A3:1", 5e-8, None)
    assert row.lacks == ("energy of a pulse",)
    assert "A3" in row.document()["device"]


def test_a_model_that_is_written_one_way_only_is_refused() -> None:
    with pytest.raises(NetworkError, match="no negative pulses"):
        of_model(replace(model(), pulses=model().pulses[:1]))


def test_a_model_with_a_level_that_nothing_leaves_is_refused() -> None:
    stuck = [[[10, 0, 0], [0, 10, 0], [0, 0, 10]], [[10, 0, 0], [0, 10, 0], [10, 0, 0]]]
    one = replace(model(), pulses=(model().pulses[0], pulses("negative", stuck)))
    with pytest.raises(NetworkError, match="from level 1 to level 0"):
        of_model(one)


def test_a_device_that_saturates_at_its_highest_conductance_is_the_mirror_image() -> None:
    device, image = measured_device(model()), measured_device(mirrored())
    assert image.ends.numpy() == pytest.approx(device.ends.numpy())
    assert image.mean_steps == pytest.approx(device.mean_steps)
    assert image.levels.numpy() == pytest.approx(device.levels.numpy(), abs=1e-6)
    assert image.spreads.numpy() == pytest.approx(device.spreads.numpy())


def test_the_mean_steps_up_and_down_are_those_of_their_own_sweeps() -> None:
    at_once = [[DOWN[0][0], DOWN[0][1], [10, 0, 0]], DOWN[1]]
    one = replace(model(), pulses=(pulses("positive", UP), pulses("negative", at_once)))
    up, down = measured_device(one).mean_steps
    assert (up, down) == pytest.approx((2 / 2, 2 / 1))


def test_a_weight_between_two_levels_belongs_to_the_nearer_one() -> None:
    device = measured_device(model())
    low, middle = float(device.levels[0]), float(device.levels[1])
    for share, resting in ((0.49, False), (0.51, True)):
        start = low + share * (middle - low)
        after = pulsed(start, upward=True)
        assert bool((after == np.float32(start)).any()) is resting  # half of those in level 1 stay


def test_what_it_does_follows_from_the_generators_seed_alone() -> None:
    once, again, other = (pulsed(0.0, upward=True, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_a_row_without_a_pulse_width_lacks_the_time_too() -> None:
    timeless = tuple(replace(one, pulse_width_s=None) for one in model().pulses)
    row = of_model(replace(model(), pulses=timeless))
    assert row.write_s is None
    assert row.lacks == ("energy and time of a pulse",)
    half = (replace(model().pulses[0], pulse_width_s=None), model().pulses[1])
    assert of_model(replace(model(), pulses=half)).write_s == 5e-8
    assert row.family == "measured"
    assert row.source == "state model A3, version 1, of 2026-01-01"
