import numpy as np
import numpy.typing as npt
import pytest

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.stream_learning.settings import StreamSetup
from dwmtj.simulators.networks.stream_learning.update import (
    corrections,
    pulse_continuous,
    pulse_levels,
    rule_of,
)

COUNT = 4000
Floats = npt.NDArray[np.float32]


class Synapses:
    """Synapses with Adam's memory, updated by the fused kernels."""

    def __init__(self, setup: StreamSetup, weight: Floats) -> None:
        self.setup, self.rule, self.updates = setup, rule_of(setup), 0
        self.weight = weight.copy()
        self.m, self.v = np.zeros_like(weight), np.zeros_like(weight)
        self.read = np.where(weight >= 0, 1, -1).astype(np.int8)

    def pulse(self, gradient: Floats, seed: int = 0) -> None:
        self.updates += 1
        constants = corrections(self.rule, self.setup.learning_rate, self.updates)
        bits = (gradient.view(np.uint32) >> 16).astype(np.uint16)
        arrays = (self.weight, self.m, self.v, bits, self.read)
        if self.setup.levels is None:
            pulse_continuous(*arrays, self.rule, *constants)
        else:
            keys = np.random.default_rng((seed, self.updates)).integers(
                0, 2**32, 2, dtype=np.uint32
            )
            least = np.float32(self.setup.threshold * self.setup.learning_rate)
            pulse_levels(*arrays, self.rule, *constants, least, *keys)


def bfloat16(values: npt.NDArray[np.float64]) -> Floats:
    """Cut values to what bfloat16 holds, so that kernel and reference see the same gradient."""
    bits = values.astype(np.float32).view(np.uint32)
    return np.asarray((bits & np.uint32(0xFFFF0000)).view(np.float32))


def eager(setup: StreamSetup, weight: Floats, gradients: list[Floats]) -> Floats:
    """Return the weights after eager float32 updates with deterministic rounding."""
    rule = rule_of(setup)[0]
    one, w = np.float32(1), weight.copy()
    m, v, read = np.zeros_like(w), np.zeros_like(w), np.where(w >= 0, 1, -1)
    for number, g in enumerate(gradients, start=1):
        rate, square = corrections(rule_of(setup), setup.learning_rate, number)
        m = rule["beta1"] * m + (one - rule["beta1"]) * g
        v = rule["beta2"] * v + (one - rule["beta2"]) * g * g
        u = -rate * m / (np.sqrt(v) * square + rule["epsilon"])
        u = u * ((one - abs(w)) * (one - rule["narrow"]) + rule["narrow"])
        w = np.clip(w + np.where(u * read >= 0, u * rule["delta"], u), -one, one)
        if setup.levels is not None:
            half = np.float32(0.5) * rule["top"]
            w = np.minimum(np.floor((w + one) * half + np.float32(0.5)), rule["top"]) / half - one
        read = np.where(w == 0, read, np.sign(w))
    return w


@pytest.mark.parametrize("levels", [None, 2, 4, 7, 32])
def test_the_fused_update_equals_the_eager_one_bit_for_bit(levels: int | None) -> None:
    rng = np.random.default_rng(1)
    setup = StreamSetup(
        levels=levels, level_encoding="weight", rounding="deterministic", learning_rate=0.3
    )
    start = rng.uniform(-1, 1, COUNT).astype(np.float32)
    gradients = [bfloat16(rng.standard_normal(COUNT)) for _ in range(20)]
    synapses = Synapses(setup, start)
    for gradient in gradients:
        synapses.pulse(gradient)
    np.testing.assert_array_equal(synapses.weight, eager(setup, start, gradients))


def test_stochastic_rounding_is_unbiased() -> None:
    """The mean of n draws is within five standard errors: false alarms below one in 10⁶."""
    setup = StreamSetup(level_encoding="weight", learning_rate=0.1, width_ratio=1.0, asymmetry=1.0)
    count = 200_000
    synapses = Synapses(setup, np.full(count, np.float32(1 / 3)))
    synapses.pulse(np.full(count, np.float32(-1)))
    step = 2 / 3
    moved = 0.1 / step
    error = step * np.sqrt(moved * (1 - moved) / count)
    assert abs(float(synapses.weight.mean(dtype=float)) - (1 / 3 + 0.1)) < 5 * error


def test_the_wall_only_stops_at_levels() -> None:
    rng = np.random.default_rng(2)
    for levels in (2, 4, 7, 16):
        setup = StreamSetup(levels=levels, level_encoding="weight", learning_rate=0.2)
        synapses = Synapses(setup, np.linspace(-1, 1, levels, dtype=np.float32).repeat(500))
        for _ in range(5):
            synapses.pulse(bfloat16(rng.standard_normal(synapses.weight.size)))
        numerators = (synapses.weight + 1) * (levels - 1) / 2
        np.testing.assert_allclose(numerators, numerators.round(), atol=1e-5)
        assert len(np.unique(synapses.weight)) == levels


def test_an_update_is_scaled_by_f_meta_and_growth_by_the_asymmetry() -> None:
    setup = StreamSetup(levels=None, learning_rate=0.01, width_ratio=0.25, asymmetry=3.0)
    weight = np.array([0, 0.5, 0.5, -0.5, -0.5, 0.8], dtype=np.float32)
    towards = np.array([1, 1, -1, -1, 1, -1], dtype=np.float32)
    synapses = Synapses(setup, weight)
    synapses.pulse(-towards)  # Adam's first step has the size of the learning rate
    f_meta = (1 - abs(weight)) * 0.75 + 0.25
    grows = np.array([3, 3, 1, 3, 1, 1])
    np.testing.assert_allclose(synapses.weight - weight, towards * f_meta * grows * 0.01, rtol=1e-4)


def test_weights_stay_within_the_track() -> None:
    synapses = Synapses(StreamSetup(levels=None, learning_rate=1.0), np.zeros(9, np.float32))
    synapses.pulse(np.full(9, np.float32(-5)))
    assert (synapses.weight == 1).all()


def test_deterministic_rounding_loses_updates_below_half_a_level() -> None:
    setup = StreamSetup(level_encoding="weight", rounding="deterministic", learning_rate=0.05)
    synapses = Synapses(setup, np.full(100, np.float32(1 / 3)))
    for _ in range(50):
        synapses.pulse(np.full(100, np.float32(1)))
    np.testing.assert_array_equal(np.unique(synapses.read), [1])


def test_accumulated_updates_are_lost_by_no_rounding() -> None:
    """Deterministic rounding loses the same updates for good; the device stays on its stops."""
    setup = StreamSetup(
        level_encoding="weight",
        rounding="float_accumulator",
        threshold=0.0,
        learning_rate=0.05,
        asymmetry=1.0,
    )
    synapses = Synapses(setup, np.full(100, np.float32(1 / 3)))
    for step in range(1, 6):
        synapses.pulse(np.full(100, np.float32(1)))
        np.testing.assert_allclose(synapses.weight, 1 / 3 - 0.05 * 0.75 * step, rtol=1e-4)
        assert (synapses.read == 1).all()
    for _ in range(10):
        synapses.pulse(np.full(100, np.float32(1)))
    assert (synapses.read == -1).all()


def test_draws_are_uniform_and_independent_of_the_neighbours() -> None:
    """A χ² test with 63 degrees of freedom and a correlation: false alarms about one in 10⁵."""
    setup = StreamSetup(levels=128, level_encoding="weight", learning_rate=1e-9)
    count = 200_000
    weight = np.full(count, np.float32(0.5 / 127))  # halfway between two levels
    synapses = Synapses(setup, weight)
    synapses.pulse(np.ones(count, np.float32))
    up = synapses.weight > weight
    ones = up.reshape(64, -1).sum(axis=1)
    mean = up.mean()
    chi2 = float(((ones - ones.mean()) ** 2 / (ones.mean() * (1 - mean))).sum())
    assert 24 < chi2 < 125
    pairs = float(np.corrcoef(up[:-1], up[1:])[0, 1])
    assert abs(pairs) < 4.5 / np.sqrt(count)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"levels": 1}, "levels"),
        ({"width_ratio": 0.0}, "width_ratio"),
        ({"batch": 300}, "batch"),
        ({"rounding": "up"}, "rounding"),
        ({"levels": None, "binarised": False}, "levels"),
        ({"epochs": 0}, "epochs"),
    ],
)
def test_a_setup_that_cannot_be_trained_is_refused(values: dict[str, object], word: str) -> None:
    with pytest.raises(NetworkError, match=word):
        StreamSetup(**values)  # type: ignore[arg-type]


def test_parameters_are_set_by_name() -> None:
    setup = StreamSetup().changed(
        ["levels=7", "lr_decay_subsets=none", "level_encoding=track", "binarised=true"]
    )
    assert (setup.levels, setup.lr_decay_subsets, setup.level_encoding) == (7, None, "track")
    assert setup.weights == 13
    assert setup.changed(["level_encoding=polarity"]).weights == 14
    assert setup.changed(["level_encoding=weight"]).weights == 7
    for wrong in ("level=7", "levels", "levels=many", "learning_rate=-1"):
        with pytest.raises(NetworkError):
            StreamSetup().changed([wrong])


def test_the_rate_of_updates_falls_as_subsets_are_learnt() -> None:
    setup = StreamSetup(learning_rate=0.01, lr_decay_subsets=2.0, epochs=3)
    assert setup.rate(0) == setup.rate(29) == 0.01
    assert setup.rate(30) == pytest.approx(0.01 / 1.5)
    assert StreamSetup(learning_rate=0.01, lr_decay_subsets=None).rate(10**6) == 0.01


def test_a_weight_at_zero_keeps_its_sign() -> None:
    setup = StreamSetup(
        levels=2, level_encoding="track", rounding="deterministic", learning_rate=1.0
    )
    start = np.array([0.4, -0.4], dtype=np.float32)
    synapses = Synapses(setup, start)
    synapses.read[:] = (1, -1)
    synapses.pulse(start)
    np.testing.assert_array_equal(synapses.weight, 0)
    np.testing.assert_array_equal(synapses.read, [1, -1])


def test_no_pulse_is_fired_below_the_threshold_which_the_wide_end_meets_last() -> None:
    setup = StreamSetup(levels=64, learning_rate=0.1, threshold=0.5, asymmetry=1.0)
    weight = (np.array([2, 30, 45, 63]) / 63).astype(np.float32)
    synapses = Synapses(setup, weight)
    synapses.pulse(np.ones(4, np.float32))
    moved = synapses.weight < weight - 1e-3
    np.testing.assert_array_equal(moved, [True, True, False, False])  # f_meta 0.98 0.65 0.47 0.26
