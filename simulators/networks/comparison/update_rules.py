"""Update rules: from the gradient of a batch to pulses on the devices of one layer.

Weights are in units of the layer's range, −1 … 1; g is the slope ∂L/∂W in these units, η the rate,
and ε the device's mean step in the direction of the pulse. Every pulse does what the device does
(`synapses.synapse`): no rule reads a device before it pulses it, or knows more than its mean steps.

**sgd**: W asks for −η g at once; what is less than a step is rounded stochastically.

**mixed-precision**: the computer keeps χ ← χ − η g; where |χ| ≥ ε, ⌊|χ|/ε⌋ pulses are fired, and χ
loses as many ε. S. R. Nandakumar et al., Front. Neurosci. 14, 406 (2020), without reading devices.

**tiki-taka**: a fast array A takes the updates −η g as under sgd. A step reads some columns k of A,
H_k ← H_k + λ (A_k − a), and where |H| ≥ ε, ⌊|H|/ε⌋ pulses go to the slow array C, the weights, and
H loses as many ε. Each column is read once in `PERIOD` steps. This is version 2 of T. Gokmen,
Front. Artif. Intell. 4, 699148 (2021), λ in units of the range, but that A is read without noise;
and its symmetry point a, to which updates of random sign take it, is one number that the computer
subtracts, where a third array holds it device by device.

**metaplastic**: W asks for Adam's −η m̂/(√v̂ + 10⁻⁸) (Kingma & Ba, 2015), times δ where it has the
sign of W; f_meta, which makes steps of large weights rarer, is the device's own: pulses of the
amplitudes of its ladder leave a level the more rarely the higher its threshold. Adam's memories are
in the computer. The synapse paper's optimiser, read here by the level and not by the sign; β1 and δ
are those of stream learning (`stream_learning.settings`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

import torch
from torch import Tensor

from ..errors import NetworkError
from ..stream_learning.settings import StreamSetup
from ..synapses.synapse import MAX_PULSES, PulsedSynapse, Synapse

Rule = Literal["metaplastic", "sgd", "mixed-precision", "tiki-taka"]
RULES: tuple[Rule, ...] = get_args(Rule)
PERIOD = 10  # steps in which tiki-taka reads each column of the fast array once
SAMPLED, SETTLING = 1000, 300  # devices and updates that find the symmetry point
EPSILON = 1e-8
METAPLASTIC = StreamSetup()


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """A rule, its rate η, and λ of tiki-taka; both fall linearly to 0 over the training."""

    rule: Rule = "sgd"
    learning_rate: float = 0.1
    transfer: float | None = None

    @property
    def text(self) -> str:
        """The numbers in words."""
        return f"rate {self.learning_rate:g}" + (
            "" if self.transfer is None else f", transfer {self.transfer:g}"
        )


class UpdateRule(Protocol):
    """The devices of one layer, what the computer keeps of them, and how they are updated.

    `weights` (outputs, inputs) is what the network computes with; `devices` counts those of a
    weight.
    """

    weights: Tensor
    devices: int

    def step(self, slope: Tensor, left: float, generator: torch.Generator) -> tuple[int, int]:
        """Update from g of a batch, rates times `left`; return pulses, and the longest train."""
        ...


class Sgd:
    """Plain stochastic gradient descent."""

    devices = 1

    def __init__(self, synapse: Synapse, settings: RuleSettings, weights: Tensor) -> None:
        self.weights = weights
        self._synapse, self._rate = synapse, settings.learning_rate

    def step(self, slope: Tensor, left: float, generator: torch.Generator) -> tuple[int, int]:
        increments = slope * (-self._rate * left)
        written = self._synapse.update(self.weights, increments, generator)
        self.weights = written.weights
        return written.pulses, written.longest


class MixedPrecision:
    """Updates summed up in the computer until they are whole steps of the device."""

    devices = 1

    def __init__(self, synapse: Synapse, settings: RuleSettings, weights: Tensor) -> None:
        self.weights = weights
        self._synapse, self._rate = _pulsed(synapse), settings.learning_rate
        self._sum = torch.zeros_like(weights)

    def step(self, slope: Tensor, left: float, generator: torch.Generator) -> tuple[int, int]:
        self._sum -= self._rate * left * slope
        self.weights, pulses, longest = _spend(self._synapse, self.weights, self._sum, generator)
        return pulses, longest


class TikiTaka:
    """A fast array whose columns are read and summed up for the slow one, the weights."""

    devices = 2

    def __init__(
        self,
        synapse: Synapse,
        settings: RuleSettings,
        weights: Tensor,
        generator: torch.Generator,
    ) -> None:
        if settings.transfer is None:
            raise NetworkError("tiki-taka needs a transfer rate.")
        self.weights = weights
        self._synapse, self._settings, self._transfer = (
            _pulsed(synapse),
            settings,
            settings.transfer,
        )
        self._symmetry = _symmetry_point(self._synapse, generator)
        start = torch.full_like(weights, self._symmetry)
        self._fast = self._synapse.update(torch.zeros_like(weights), start, generator).weights
        self._sum = torch.zeros_like(weights)
        self._taken = 0

    def step(self, slope: Tensor, left: float, generator: torch.Generator) -> tuple[int, int]:
        increments = slope * (-self._settings.learning_rate * left)
        fast = self._synapse.update(self._fast, increments, generator)
        self._fast = fast.weights
        columns = torch.arange(self._taken % PERIOD, slope.shape[1], PERIOD)
        self._taken += 1
        read = self._fast[:, columns] - self._symmetry
        sums = self._sum[:, columns] + self._transfer * left * read
        written, pulses, longest = _spend(self._synapse, self.weights[:, columns], sums, generator)
        self.weights = self.weights.index_copy(1, columns, written)
        self._sum[:, columns] = sums
        return fast.pulses + pulses, fast.longest + longest


class Metaplastic:
    """Adam's updates, those that let a weight grow more often, on devices with f_meta."""

    devices = 1

    def __init__(self, synapse: Synapse, settings: RuleSettings, weights: Tensor) -> None:
        self.weights = weights
        self._synapse, self._rate = synapse, settings.learning_rate
        self._m, self._v = torch.zeros_like(weights), torch.zeros_like(weights)
        self._taken = 0

    def step(self, slope: Tensor, left: float, generator: torch.Generator) -> tuple[int, int]:
        beta1, beta2 = METAPLASTIC.beta1, METAPLASTIC.beta2
        self._taken += 1
        self._m.lerp_(slope, 1 - beta1)
        self._v.lerp_(slope * slope, 1 - beta2)
        m, v = self._m / (1 - beta1**self._taken), self._v / (1 - beta2**self._taken)
        wanted = m * (-self._rate * left) / (v.sqrt() + EPSILON)
        wanted = torch.where(wanted * self.weights >= 0, METAPLASTIC.asymmetry * wanted, wanted)
        written = self._synapse.update(self.weights, wanted, generator)
        self.weights = written.weights
        return written.pulses, written.longest


_RULES: Mapping[Rule, Callable[[Synapse, RuleSettings, Tensor], UpdateRule]] = {
    "sgd": Sgd,
    "mixed-precision": MixedPrecision,
    "metaplastic": Metaplastic,
}


def rule_on(
    synapse: Synapse, settings: RuleSettings, weights: Tensor, generator: torch.Generator
) -> UpdateRule:
    """Return the rule for a layer whose devices hold these weights; raises NetworkError."""
    if settings.rule == "tiki-taka":
        return TikiTaka(synapse, settings, weights, generator)
    if settings.rule not in _RULES:
        raise NetworkError(f"Unknown rule {settings.rule!r}: the rules are {', '.join(RULES)}.")
    return _RULES[settings.rule](synapse, settings, weights)


def _pulsed(synapse: Synapse) -> PulsedSynapse:
    if not isinstance(synapse, PulsedSynapse):
        raise NetworkError("Steps of a device are summed up, and this synapse has none: use sgd.")
    return synapse


def _spend(
    synapse: PulsedSynapse, weights: Tensor, sums: Tensor, generator: torch.Generator
) -> tuple[Tensor, int, int]:
    """Fire the whole steps that sums hold, and take them from `sums`; return weights and pulses."""
    up, down = synapse.device.mean_steps
    size = torch.where(sums > 0, up, down)
    steps = (sums / size).trunc_().clamp_(-MAX_PULSES, MAX_PULSES)
    sums -= steps * size
    written = synapse.fire(weights, steps, generator)
    return written.weights, written.pulses, written.longest


def _symmetry_point(synapse: PulsedSynapse, generator: torch.Generator) -> float:
    """Return the mean weight of devices that updates of random sign, each a step, leave behind."""
    size = max(synapse.device.mean_steps)
    state, found = torch.zeros(SAMPLED), []
    for _ in range(2 * SETTLING):
        increments = (torch.randint(2, state.shape, generator=generator) * 2.0 - 1) * size
        state = synapse.update(state, increments, generator).weights
        found.append(float(state.mean()))
    return sum(found[SETTLING:]) / SETTLING
