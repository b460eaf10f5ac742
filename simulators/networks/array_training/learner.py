"""A readout layer that learns with what its devices read: gradients, and the devices to pulse.

With features a (images, inputs), labels y and weights W read from the array (`readout_on_array`),
the gradient of the mean cross-entropy is

    g = (softmax(W a) − y)ᵀ a / images,      per range c of a weight: c g,

and Adam (Kingma & Ba, 2015) makes a wanted change Δ of it, in ranges of a weight. The forward pass
has every error of the devices, so that the gradient works against them.

Rule "write": the computer keeps wanted weights w, which start at the weights first read, and adds
Δ. Each pair of devices has the levels nearest to w as its target, one of the two at its lowest; a
device that is stuck stays where it reads, and the other one makes up for it. A pair is
visited once it would come nearer to w by more than `hysteresis` of a level.

Rule "pulse": the computer keeps only the sum χ of wanted changes. Where |χ| exceeds one level, a
single pulse goes to the pair, and χ loses the change that was wanted: a step up pulses the
negative device back if it is above its lowest level, else the positive one onward. The amplitude is
drawn uniformly from the plan's ladder, so that a wall leaves a level more rarely the higher its
threshold is: the device's metaplastic response. Mixed-precision training as in S. R. Nandakumar et
al., Front. Neurosci. 14, 406 (2020), with such pulses.

A pair with a device that is open is left out: neither of the two is connected when the array is
used, and its weight is 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....arrays import Floats
from ....protocols.adaptive.known_array import NO_LEVEL, KnownArray
from ....protocols.adaptive.train_array import Visit
from .settings import TrainingSettings

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True, slots=True)
class Features:
    """Outputs of the hidden layer (n, inputs), float32, and the labels (n,)."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


class ReadoutLearner:
    """The learner of one readout; weights here have the shape (inputs, outputs).

    `scale` is the weight of the whole conductance range, `conductance_S` (levels,) rises.
    """

    def __init__(
        self,
        settings: TrainingSettings,
        training: Features,
        held_out: Features,
        conductance_S: Sequence[float],
        scale: float,
        about: Mapping[str, Any],
    ) -> None:
        self.settings = settings
        self._training = training
        self._held_out = held_out
        levels_S = np.array(conductance_S)
        self._lowest_S = float(levels_S[0])
        self._range_S = float(levels_S[-1] - levels_S[0])
        self._levels = (levels_S - levels_S[0]) / self._range_S  # 0 … 1
        self._scale = scale
        self._about = dict(about)
        self._rng = np.random.default_rng([settings.seed, 0])
        self._taken = 0
        self._wanted: Floats = np.zeros(0)
        self._m: Floats = np.zeros(0)
        self._v: Floats = np.zeros(0)

    def document(self) -> Mapping[str, Any]:
        return {
            **self.settings.document(),
            **self._about,
            "images": len(self._training),
            "scale": self._scale,
            "levels": self._levels.tolist(),
        }

    def begin(self, array: KnownArray) -> None:
        weights = self.weights(array)
        self._wanted = weights if self.settings.rule == "write" else np.zeros_like(weights)
        self._m, self._v = np.zeros_like(weights), np.zeros_like(weights)

    def weights(self, array: KnownArray) -> Floats:
        """Return the weights as read, in ranges of a weight, shape (inputs, outputs)."""
        with np.errstate(divide="ignore"):
            read = 1.0 / self._pairs(array, array.resistance_ohm)
        difference = (read[..., 0] - read[..., 1]) / self._range_S
        return np.asarray(np.where(self.left_out(array), 0.0, difference))

    def left_out(self, array: KnownArray) -> NDArray[np.bool_]:
        """Return the pairs that cannot be used, because a device is open or of no level."""
        return np.asarray((self._pairs(array, array.level) == NO_LEVEL).any(axis=-1))

    def accuracy(self, array: KnownArray) -> float:
        return self.accuracy_on(array, self._held_out)

    def accuracy_on(self, array: KnownArray, features: Features) -> float:
        """Return the share of images that the array classifies correctly."""
        right = self.outputs(array, features).argmax(axis=1) == features.labels
        return float(np.mean(right))

    def outputs(self, array: KnownArray, features: Features) -> NDArray[np.float32]:
        weights = (self._scale * self.weights(array)).astype(np.float32)
        return np.asarray(features.values @ weights)

    def step(self, array: KnownArray) -> Sequence[Visit]:
        change = self._wanted_change(array)
        self._wanted += change
        if self.settings.rule == "pulse":
            return self._pulses(array)
        np.clip(self._wanted, -1, 1, out=self._wanted)
        return self._writes(array)

    def _wanted_change(self, array: KnownArray) -> Floats:
        """Return Adam's step from the gradient of the next batch."""
        settings, images = self.settings, self._training
        chosen = self._rng.choice(len(images), min(settings.batch, len(images)), replace=False)
        batch = Features(images.values[chosen], images.labels[chosen])
        z = self.outputs(array, batch)
        share = np.exp(z - z.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        share[np.arange(len(batch)), batch.labels] -= 1
        gradient = self._scale * (batch.values.T @ share).astype(float) / len(batch)
        rate = settings.learning_rate * (1 + np.cos(np.pi * self._taken / settings.steps)) / 2
        self._taken += 1
        self._m = BETA1 * self._m + (1 - BETA1) * gradient
        self._v = BETA2 * self._v + (1 - BETA2) * gradient**2
        m, v = self._m / (1 - BETA1**self._taken), self._v / (1 - BETA2**self._taken)
        return np.asarray(-rate * m / (np.sqrt(v) + EPSILON))

    def _writes(self, array: KnownArray) -> list[Visit]:
        """Return the devices to write, those that bring their weights nearest first."""
        now, level = self.weights(array), self._pairs(array, array.level)
        target = self._targets(array)
        reached = self._values(array, target)
        gain = np.abs(self._wanted - now) - np.abs(self._wanted - reached)
        spacing = 1.0 / (len(self._levels) - 1)
        changes = (target != level).any(axis=-1) & ~self.left_out(array)
        worth = changes & (gain > self.settings.hysteresis * spacing)
        pairs = np.flatnonzero(worth)
        pairs = pairs[np.argsort(-gain.ravel()[pairs], kind="stable")]
        visits = [
            Visit(self._device(pair, side), int(target.reshape(-1, 2)[pair, side]))
            for pair in pairs.tolist()
            for side in (0, 1)
            if target.reshape(-1, 2)[pair, side] != level.reshape(-1, 2)[pair, side]
        ]
        return visits[: self.settings.visits]

    def _targets(self, array: KnownArray) -> NDArray[np.int64]:
        """Return the levels nearest to the wanted weights, (inputs, outputs, 2)."""
        levels, level = self._levels, self._pairs(array, array.level)
        stuck = self._pairs(array, array.stuck)
        step = np.abs(np.abs(self._wanted)[..., None] - levels).argmin(axis=-1)
        target = np.stack(
            [np.where(self._wanted > 0, step, 0), np.where(self._wanted < 0, step, 0)], axis=-1
        )
        for side, sign in ((0, 1), (1, -1)):
            other = np.where(stuck[..., 1 - side], self._read(array)[..., 1 - side], 0.0)
            best = np.abs((sign * self._wanted + other)[..., None] - levels).argmin(axis=-1)
            target[..., side] = np.where(stuck[..., 1 - side], best, target[..., side])
        return np.asarray(np.where(stuck, level, target))

    def _values(self, array: KnownArray, target: NDArray[np.int64]) -> Floats:
        """Return the weights of these levels, a stuck device being as it reads."""
        stuck = self._pairs(array, array.stuck)
        values = np.where(stuck, self._read(array), self._levels[target.clip(min=0)])
        return np.asarray(values[..., 0] - values[..., 1])

    def _read(self, array: KnownArray) -> Floats:
        """Return every device's conductance above the lowest level, in ranges."""
        conductance_S = 1.0 / self._pairs(array, array.resistance_ohm)
        return np.asarray((conductance_S - self._lowest_S) / self._range_S)

    def _pulses(self, array: KnownArray) -> list[Visit]:
        """Return single pulses where the summed change exceeds a level, largest sums first."""
        plan, level = array.plan, self._pairs(array, array.level)
        spacing = 1.0 / (len(self._levels) - 1)
        due = (np.abs(self._wanted) > spacing) & ~self.left_out(array)
        pairs = np.flatnonzero(due)
        pairs = pairs[np.argsort(-np.abs(self._wanted.ravel()[pairs]), kind="stable")]
        stuck = self._pairs(array, array.stuck).reshape(-1, 2)
        at, top, visits = level.reshape(-1, 2), len(self._levels) - 1, []
        for pair in pairs[: self.settings.visits].tolist():
            up = 0 if self._wanted.flat[pair] > 0 else 1  # the device whose rise is wanted
            self._wanted.flat[pair] -= np.sign(self._wanted.flat[pair]) * spacing
            if at[pair, 1 - up] > 0 and not stuck[pair, 1 - up]:
                amplitude_V = -float(self._rng.choice(plan.negative_V))
                visits.append(Visit(self._device(pair, 1 - up), amplitude_V=amplitude_V))
            elif at[pair, up] < top and not stuck[pair, up]:
                amplitude_V = float(self._rng.choice(plan.positive_V))
                visits.append(Visit(self._device(pair, up), amplitude_V=amplitude_V))
        return visits

    def _pairs(self, array: KnownArray, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of the devices as (inputs, outputs, positive and negative)."""
        return values.reshape(array.plan.rows, array.plan.columns // 2, 2)

    def _device(self, pair: int, side: int) -> int:
        return 2 * int(pair) + side
