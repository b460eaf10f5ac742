"""Updates read and put right: where walls end, what it costs, and what the network makes of it."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.analysis.state_model.model import StateModel
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.stream_learning.network import StreamNetwork, as_input
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.synapses.transitions import Transitions, likeliest_transitions
from dwmtj.simulators.networks.synapses.verified_steps import (
    MAX_PULSES,
    Verification,
    VerifiedDevice,
    pulses_remark,
)
from dwmtj.tests.simulators.networks.test_stream_transitions import (
    DOWN,
    UP,
    mirrored,
    model,
    pulses,
)

# A level is left at 1 V, the next at 2 V, and 2 V back takes every wall to level 0: half of those
# in level 2 at 1 V, so that its pulses differ.
ONE_STEP = [[[0, 10, 0], [0, 10, 0], [0, 0, 10]], [[0, 0, 0], [0, 0, 10], [0, 0, 10]]]


def stepping() -> StateModel:
    return replace(model(), pulses=(pulses("positive", ONE_STEP), pulses("negative", DOWN)))


def test_a_wall_that_leaves_ends_at_the_neighbouring_level() -> None:
    """Rows by hand: half of the ladder's amplitudes move each wall, and none goes further."""
    for one in (stepping(), model()):
        found = Verification.of(one).likeliest().transitions()
        assert found.verified
        np.testing.assert_allclose(found.back, np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0.5, 0.5]]))
        np.testing.assert_allclose(found.onward[1:], np.array([[0, 0.5, 0.5], [0, 0, 1]]))
        assert found.onward[0, 2] == 0


def test_metaplasticity_stays_the_devices_own() -> None:
    """Levels are left as often as by pulses that are not read, which may go too far."""
    for one in (stepping(), model()):
        verified = Verification.of(one).likeliest().transitions()
        unverified = likeliest_transitions(one)
        np.testing.assert_allclose(np.diag(verified.back), np.diag(unverified.back))
        np.testing.assert_allclose(verified.onward[1, 1], unverified.onward[1, 1])


def test_a_wall_brought_back_too_far_takes_pulses_to_be_put_right() -> None:
    onward, back = Verification.of(stepping()).likeliest().pulses()
    np.testing.assert_allclose(
        onward, np.array([1, 1, 0])
    )  # nothing is fired at the end of the track
    np.testing.assert_allclose(
        back, np.array([0, 1, 1.5])
    )  # the half that left needs one pulse more
    remark = pulses_remark(Verification.of(stepping()).likeliest())
    assert "1.00, 1.50 back from levels 1 to 2" in remark


def test_a_device_that_saturates_in_its_last_level_is_the_mirror_image() -> None:
    found, image = (Verification.of(one).likeliest() for one in (model(), mirrored()))
    np.testing.assert_allclose(image.transitions().onward, found.transitions().onward)
    np.testing.assert_allclose(image.transitions().back, found.transitions().back)
    for one, other in zip(image.pulses(), found.pulses(), strict=True):
        np.testing.assert_allclose(one, other)


def test_updates_of_drawn_devices_are_distributions_near_the_measured_ones() -> None:
    """A device the policy is not made for may miss, but rarely, and takes some pulses more."""
    verification, rng = Verification.of(stepping()), np.random.default_rng(0)
    measured = verification.likeliest()
    for _ in range(5):
        drawn = verification.drawn(rng)
        found = drawn.transitions()
        for matrix in (found.onward, found.back):
            np.testing.assert_allclose(matrix.sum(axis=1), 1)
            for level, row in enumerate(matrix):
                beyond = np.abs(np.arange(3) - level) > 1
                assert row[beyond].sum() < 0.05
        assert (drawn.pulses()[1] >= measured.pulses()[1] - 1).all()
        assert (drawn.pulses()[1] <= MAX_PULSES).all()


def simulated(device: VerifiedDevice, level: int, sign: int, rng: np.random.Generator) -> int:
    """Carry out one update pulse by pulse, as a computer at a bench would."""
    ladders = device.device.positive if sign > 0 else device.device.negative
    assert ladders is not None
    target, reached = level + sign, level
    most_V = abs(float(device.policy.first_V[target, level]))
    fired_V = min(float(rng.choice(ladders.amplitudes_V)), most_V)
    reached = int(device.device.pulse(level, sign * fired_V, rng))
    fired = 0
    while reached not in (level, target) or (fired and reached != target):
        before, fired = reached, fired + 1
        amplitude_V = float(device.policy.first_V[target, before])
        reached = int(device.device.pulse(before, amplitude_V, rng))
        assert fired < MAX_PULSES
    return reached


@pytest.mark.parametrize(("level", "sign"), [(0, 1), (1, 1), (1, -1), (2, -1)])
def test_transitions_are_those_of_updates_carried_out_pulse_by_pulse(level: int, sign: int) -> None:
    """Shares of 1,000 updates within five standard errors: false alarms below one in 10⁵."""
    device = Verification.of(stepping()).likeliest()
    rng = np.random.default_rng(level + 10 * sign + 20)
    ended = np.bincount([simulated(device, level, sign, rng) for _ in range(1000)], minlength=3)
    found = device.transitions()
    expected = (found.onward if sign > 0 else found.back)[level]
    error = np.sqrt(expected * (1 - expected) / 1000)
    assert (np.abs(ended / 1000 - expected) <= 5 * error + 1e-12).all()


def test_the_latch_alone_turns_at_level_0() -> None:
    found = Verification.of(model()).likeliest().transitions()
    rows = np.diff(found.signed(), axis=-1, prepend=0)
    np.testing.assert_allclose(rows[1, 2], np.eye(6)[3], atol=1e-6)
    np.testing.assert_allclose(rows[0, 3], np.eye(6)[2], atol=1e-6)
    assert found.steps == 2.5
    assert likeliest_transitions(model()).steps == 2


def test_weak_updates_are_not_carried_out() -> None:
    """Adam's first step has size 1: no pulse above a threshold of 1, one for each below."""
    certain = Transitions(np.eye(3, k=1) + np.diag([0, 0, 1]), np.eye(3, k=-1) + np.diag([1, 0, 0]))
    images = as_input(np.random.default_rng(1).integers(0, 256, (50, 28, 28)).astype(np.uint8))
    moved = []
    for threshold in (0.99, 1.01):
        setup = StreamSetup(
            hidden=16, batch=50, subset_images=50, asymmetry=1.0, learning_rate=0.5,
            threshold=threshold,
        )  # fmt: skip
        network = StreamNetwork(setup, np.random.default_rng(0), certain)
        before = [layer.weight.copy() for layer in network.layers]
        network.train(images, np.arange(50) % 10)
        moved.append(
            [(a != layer.weight).mean() for a, layer in zip(before, network.layers, strict=True)]
        )
    assert min(moved[0]) > 0.5
    assert max(moved[1]) == 0


def test_a_model_that_cannot_be_written_with_certainty_is_refused() -> None:
    stuck = [DOWN[0], [[10, 0, 0], [10, 0, 0], [0, 0, 10]]]
    short = replace(model(), pulses=(pulses("positive", ONE_STEP), pulses("negative", stuck)))
    with pytest.raises(NetworkError, match=r"negative .* never take the wall from level 2 to"):
        Verification.of(short).likeliest().transitions()
    resets = [DOWN[0], [DOWN[1][0], [0, 10, 0], [10, 0, 0]]]
    past = replace(model(), pulses=(pulses("positive", ONE_STEP), pulses("negative", resets)))
    with pytest.raises(NetworkError, match=r"from level 2 to level 0; it stays in level 1\."):
        Verification.of(past).likeliest().transitions()
    half = (
        [UP[0], [[10, 0, 0], [0, 5, 5], [0, 0, 10]]],
        [DOWN[0], [[10, 0, 0], [5, 5, 0], DOWN[1][2]]],
    )
    short = replace(model(), pulses=(pulses("positive", half[0]), pulses("negative", half[1])))
    with pytest.raises(NetworkError, match=r"with certainty.*--pulses unverified"):
        Verification.of(short)
    with pytest.raises(NetworkError, match="model A3 has no negative pulses"):
        Verification.of(replace(model(), pulses=(pulses("positive", ONE_STEP),)))
