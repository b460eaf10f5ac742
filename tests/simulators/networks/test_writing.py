"""Devices written by the thousand: shares and pulses as expected, weights as they then are."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.analysis.writing.policy import single_shot_policy, write_verify_policy
from dwmtj.simulators.networks.crossbar.analog_network import AnalogNetwork
from dwmtj.simulators.networks.crossbar.devices import all_levels
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.programming.device_writing import (
    measured_writable,
    single_shots,
    write_verify,
)
from dwmtj.simulators.networks.programming.network_writing import (
    WAYS,
    Policies,
    WrittenNetwork,
    kinds_of,
    write_network,
)
from dwmtj.tests.analysis.test_write_policy import a_model

MANY = 40_000
TARGETS = np.repeat(np.arange(3, dtype=np.int8), MANY)
SHOT, VERIFIED = WAYS


def means(values: np.ndarray) -> list[float]:
    return [float(value) for value in values.reshape(3, MANY).mean(axis=1)]


def test_write_verify_takes_what_its_policy_expects() -> None:
    """Means over 40,000 devices, within 5 standard errors of at most 0.035 and 0.087."""
    model, rng = a_model(), np.random.default_rng(1)
    policy = write_verify_policy(model)
    device = measured_writable(model, single_shot_policy(model))
    written = write_verify(policy, 1000, device, TARGETS, rng)
    assert (written.level == TARGETS).all()
    assert means(written.pulses) == pytest.approx(policy.pulses[:, 0].tolist(), abs=0.175)
    assert means(written.squares_V2) == pytest.approx(policy.squares_V2[:, 0].tolist(), abs=0.44)


def test_a_device_is_given_up_after_so_many_pulses() -> None:
    model, rng = a_model(), np.random.default_rng(2)
    device = measured_writable(model, single_shot_policy(model))
    written = write_verify(write_verify_policy(model), 1, device, TARGETS, rng)
    assert means(written.level == TARGETS) == pytest.approx([1, 0.75, 0.25], abs=0.011)
    assert means(written.pulses) == [0, 1, 1]


def test_single_shots_arrive_as_often_as_the_ladder_says() -> None:
    model, rng = a_model(), np.random.default_rng(3)
    shot = single_shot_policy(model)
    written = single_shots(shot, measured_writable(model, shot), TARGETS, rng)
    assert means(written.level == TARGETS) == pytest.approx([1, 0.75, 0.25], abs=0.011)
    assert means(written.squares_V2) == [0, 4, 4]


def a_network(std_ohm: float = 1e-9) -> AnalogNetwork:
    torch.manual_seed(4)
    model = a_model()
    levels = tuple(
        replace(level, cycle_std_ohm=replace(level.cycle_std_ohm, value=std_ohm))
        for level in model.levels
        if level.cycle_std_ohm
    )
    network = nn.Sequential(nn.Linear(60, 40), nn.ReLU(), nn.Linear(40, 50))
    return to_analog(network, all_levels(replace(model, levels=levels)), seed=5)


def put(way: str, trial: int = 0, draws: int = 0, max_pulses: int = 1000) -> WrittenNetwork:
    model, analog = a_model(), a_network()
    policies = Policies.of(model, "pulses")
    kinds = kinds_of(model, policies, draws, analog.seed, trial)
    return write_network(analog, policies.way(way, max_pulses), kinds, trial)


def test_a_network_that_was_verified_has_its_weights_and_one_that_was_not_has_wrong_ones() -> None:
    analog, verified, shot = a_network(), put(VERIFIED), put(SHOT)
    meant = dict(analog.quantised().named_parameters())
    for layer in analog.layers:
        wanted = meant[f"{layer.name}.weight"]
        torch.testing.assert_close(verified.weights[layer.name], wanted)
        assert float((shot.weights[layer.name] - wanted).abs().max()) > 0.1 * float(layer.scale)
    assert verified.at_level == sum(verified.devices) == analog.device_count
    assert shot.at_level < 0.9 * analog.device_count
    assert len(shot.devices) == 2


def test_a_programming_depends_on_its_number_alone() -> None:
    one, again, other = put(SHOT, 3), put(SHOT, 3), put(SHOT, 4)
    for name, weights in one.weights.items():
        assert torch.equal(weights, again.weights[name])
        assert not torch.equal(weights, other.weights[name])


def test_devices_that_differ_as_the_measurement_leaves_open_need_more_pulses() -> None:
    """Four visits tell little: the policy does not suit every drawn device."""
    alike, drawn = put(VERIFIED, max_pulses=50), put(VERIFIED, draws=20, max_pulses=50)
    pulses = [np.arange(len(one.devices)) @ np.array(one.devices) for one in (alike, drawn)]
    assert pulses[1] > pulses[0]
    assert drawn.at_level > 0.5 * sum(drawn.devices)
