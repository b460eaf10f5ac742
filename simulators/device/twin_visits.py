"""Visits of a twin whose thresholds are not entirely frozen: a repeated pulse may succeed.

A visit to a level has a u ~ N(0, 1), every pulse a w ~ N(0, 1), and the pulse moves the wall if its
amplitude is above

    V* = μ + σ (√f u + √(1 − f) w),

with the frozen share f of the model. Of pulses on a ladder each is another chance: with f < 1 walls
leave earlier and in a narrower range than single pulses would show. μ and σ of each level are those
whose ladder, with the model's step, has the mean and the standard deviation of the amplitudes at
which the level was counted to be left. Where to is drawn from the counts nearest to V*; a wall
meets there a visit whose V* is above, and moves on if the pulse is above that, too. Not the counts
but two moments of them are repeated; with f = 1 `twin` draws the counts themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from ...arrays import Floats

FARTHEST, NODES = 7.0, 161
FINEST_STEP = 0.01  # in σ
HALVINGS = 40
MOST_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class PulseLaw:
    """Pulses of one polarity: μ and σ of each level (V, inf where it was never left), and the
    amplitudes at which levels were left, with the counts of where to."""

    share: float
    mean_V: Floats
    sigma_V: Floats
    amplitudes_V: Floats
    moves: NDArray[np.int64]

    @classmethod
    def of(
        cls, amplitudes_V: Floats, counts: Sequence[NDArray[np.int64]], share: float
    ) -> "PulseLaw":
        """Return the law of a ladder's counts, one (from, to) for each amplitude."""
        levels = counts[0].shape[0]
        moves = np.array(counts) * ~np.eye(levels, dtype=bool)
        steps_V = np.diff(amplitudes_V, prepend=0.0)
        step_V = float(np.median(steps_V[1:])) if len(steps_V) > 1 else float(steps_V[0])
        middle_V = amplitudes_V - np.minimum(steps_V, step_V) / 2
        laws = [
            _law(np.repeat(middle_V, moves[:, level].sum(axis=1)), step_V, share)
            for level in range(levels)
        ]
        mean_V, sigma_V = np.array(laws).T
        return cls(share, mean_V, sigma_V, amplitudes_V, moves)

    def pulse(
        self, level: int, u: float, amplitude_V: float, rng: np.random.Generator
    ) -> tuple[int, float]:
        """Return level and u of the visit after one pulse of a magnitude in V."""
        threshold_V = self._threshold_V(level, u, rng)
        while threshold_V < amplitude_V:
            passed_V = threshold_V
            left = np.flatnonzero(self.moves[:, level].any(axis=1))
            nearest = left[np.abs(self.amplitudes_V[left] - passed_V).argmin()]
            row = self.moves[nearest, level]
            level = int(rng.choice(len(row), p=row / row.sum()))
            for _ in range(MOST_DRAWS):
                u = float(rng.normal())
                threshold_V = self._threshold_V(level, u, rng)
                if threshold_V > passed_V:
                    break
            else:  # no visit to this level is held by such a pulse: the counts say that one was
                break
        return level, u

    def _threshold_V(self, level: int, u: float, rng: np.random.Generator) -> float:
        x = np.sqrt(self.share) * u + np.sqrt(1 - self.share) * rng.normal()
        return float(self.mean_V[level] + self.sigma_V[level] * x)


def _law(left_V: Floats, step_V: float, share: float) -> tuple[float, float]:
    """Return μ and σ of a level that was left at these amplitudes of a ladder."""
    if len(left_V) == 0:
        return np.inf, 0.0
    mean_V, std_V = float(left_V.mean()), float(left_V.std())
    if std_V == 0.0:
        return mean_V, 0.0
    low, high = np.log(std_V / 100), np.log(std_V * 100)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        narrower = np.exp(middle) * ladder_moments(step_V / np.exp(middle), share)[1] < std_V
        low, high = (middle, high) if narrower else (low, middle)
    sigma_V = float(np.exp((low + high) / 2))
    return mean_V - sigma_V * ladder_moments(step_V / sigma_V, share)[0], sigma_V


@lru_cache(maxsize=1024)
def ladder_moments(step: float, share: float) -> tuple[float, float]:
    """Return mean and standard deviation of where a ladder of this step is left, in σ about μ."""
    step = max(step, FINEST_STEP)
    rungs = np.arange(-FARTHEST, FARTHEST + step, step)
    u = np.linspace(-FARTHEST, FARTHEST, NODES)
    weight = np.exp(-u * u / 2)
    moving = scipy.special.ndtr((rungs[:, None] - np.sqrt(share) * u) / np.sqrt(1 - share))
    kept = np.cumprod(1 - moving, axis=0) @ weight / weight.sum()
    left = -np.diff(kept, prepend=1.0)
    middle = rungs - step / 2
    mean = float(left @ middle / left.sum())
    return mean, float(np.sqrt(left @ (middle - mean) ** 2 / left.sum()))
