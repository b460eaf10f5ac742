"""Update rules on devices: what each remembers, which pulses it fires, where weights end."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.comparison.update_rules import (
    METAPLASTIC,
    RULES,
    Rule,
    RuleSettings,
    rule_on,
)
from dwmtj.simulators.networks.synapses.exponential_device import ExponentialDevice
from dwmtj.simulators.networks.synapses.measured_device import MeasuredDevice
from dwmtj.simulators.networks.synapses.synapse import IdealSynapse, PulsedSynapse

SIXTEEN = PulsedSynapse(ExponentialDevice(pulses=(15, 15)))
STEP = 2 / 15


def settings(rule: Rule, rate: float, transfer: float | None = None) -> RuleSettings:
    return RuleSettings(rule, rate, transfer if rule == "tiki-taka" else None)


def test_mixed_precision_loses_nothing_that_is_smaller_than_a_step() -> None:
    generator = torch.Generator().manual_seed(1)
    slopes = torch.randn(50, 4, 6, generator=generator) * 0.02
    layer = rule_on(SIXTEEN, settings("mixed-precision", 1.0), torch.zeros(4, 6), generator)
    pulses = sum(layer.step(slope, 1.0, generator)[0] for slope in slopes)
    off = layer.weights + slopes.sum(dim=0)
    assert off.abs().max() < STEP
    assert 0 < pulses < 50 * 24 / 5


@dataclass(frozen=True, slots=True)
class Recorder:
    """A device that moves half a step a pulse, to count how many were fired upward."""

    mean_steps: tuple[float, float] = (0.01, 0.01)

    def pulse(self, weights: Tensor, upward: Tensor, _generator: torch.Generator) -> Tensor:
        return weights + torch.where(upward, 0.01, -0.01)


def test_metaplastic_updates_let_weights_grow_by_delta_more() -> None:
    """The counts are binomial, of 10⁴ devices: six σ are 0.6 of the difference asked for."""
    generator = torch.Generator().manual_seed(2)
    start = torch.full((100, 100), 0.5)
    moved = []
    for sign in (-1.0, 1.0):
        layer = rule_on(PulsedSynapse(Recorder()), settings("metaplastic", 0.002), start, generator)
        layer.step(torch.full((100, 100), sign), 1.0, generator)
        moved.append(float((layer.weights - start).mean()))
    grown, shrunk = moved
    assert grown == pytest.approx(METAPLASTIC.asymmetry * 0.002, rel=0.1)
    assert shrunk == pytest.approx(-0.002, rel=0.15)


def test_tiki_taka_follows_a_steady_slope_and_not_the_bias_of_its_fast_device() -> None:
    """Zero-mean slopes leave the weights near 0, though those of sgd drift to −0.2."""
    fast = PulsedSynapse(ExponentialDevice((20, 20), nonlinearity=(1.0, -4.0)))
    generator = torch.Generator().manual_seed(3)
    layer = rule_on(fast, settings("tiki-taka", 0.5, 0.3), torch.zeros(20, 30), generator)
    plain = rule_on(fast, settings("sgd", 0.5), torch.zeros(20, 30), generator)
    for _ in range(100):
        slope = torch.randn(20, 30, generator=generator)
        layer.step(slope, 1.0, generator)
        plain.step(slope, 1.0, generator)
    assert plain.weights.mean() < -0.15
    assert abs(float(layer.weights.mean())) < 0.12
    before = layer.weights.mean()
    for _ in range(60):
        layer.step(torch.full((20, 30), 0.3), 1.0, generator)
    assert layer.weights.mean() < before - 0.1


@pytest.mark.parametrize("rule", RULES)
def test_weights_stay_on_the_levels_of_the_device_whatever_the_rule(rule: Rule) -> None:
    levels = torch.tensor([-1.0, -0.4, 0.1, 1.0])
    onward = torch.tensor([[0.5, 0.3, 0.2, 0], [0, 0.5, 0.3, 0.2], [0, 0, 0.5, 0.5], [0, 0, 0, 1]])
    back = torch.tensor([[1.0, 0, 0, 0], [0.4, 0.6, 0, 0], [0.7, 0, 0.3, 0], [0.8, 0, 0.1, 0.1]])
    ends = torch.cumsum(torch.cat([onward, back]), dim=1)
    device = MeasuredDevice(levels, torch.zeros(4), ends, (0.6, 1.2))
    generator = torch.Generator().manual_seed(4)
    start = levels[torch.randint(4, (8, 12), generator=generator)]
    layer = rule_on(PulsedSynapse(device), settings(rule, 0.5, 0.5), start, generator)
    fired = 0
    for _ in range(40):
        pulses, longest = layer.step(torch.randn(8, 12, generator=generator), 1.0, generator)
        fired += pulses
        assert longest <= pulses
    assert fired > 0
    assert torch.isin(layer.weights, levels).all()
    assert not torch.equal(layer.weights, start)


def test_rules_that_count_steps_need_a_device_that_has_them() -> None:
    generator = torch.Generator().manual_seed(5)
    for rule in ("mixed-precision", "tiki-taka"):
        with pytest.raises(NetworkError, match="use sgd"):
            rule_on(IdealSynapse(), RuleSettings(rule, 0.1, 0.1), torch.zeros(2, 2), generator)
