"""Random numbers and read noise: one xoshiro256++ stream per device, 1/f noise in octaves.

The four words of a device's stream come from splitmix64, started at a point of its own that
depends on the seed and on the device's place in the array alone.

1/f noise is a sum of Ornstein-Uhlenbeck processes of equal variance whose correlation times τ rise
by factors of two: its spectrum falls as 1/f between 1/(2π τ_longest) and 1/(2π τ_shortest).
Averaging over an integration time T multiplies the variance of one process by
2 (r - 1 + e^-r)/r², r = T/τ.

Sources: Blackman & Vigna, arXiv 1805.01407 (generator); van der Ziel, Physica 16, 359 (1950).
"""

from functools import lru_cache
from math import cos, log, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...compiled import compiled

OCTAVES_s = 1e-3 * 2.0 ** np.arange(20)
"""Correlation times of the 1/f noise, from a millisecond to nine minutes."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_U11, _U17, _U23, _U27, _U30, _U31, _U41, _U45, _U19 = (
    np.uint64(n) for n in (11, 17, 23, 27, 30, 31, 41, 45, 19)
)


def seed_streams(state: NDArray[Any], seed: int) -> None:
    """Fill the fields s0 … s3 of every device's record."""
    first, second = np.random.SeedSequence(seed).generate_state(2, np.uint64)
    with np.errstate(over="ignore"):
        place = np.arange(len(state), dtype=np.uint64)
        word = _mixed(place * _GOLDEN + first) ^ second
        for field in ("s0", "s1", "s2", "s3"):
            word = word + _GOLDEN
            state[field] = _mixed(word)


def _mixed(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    word = (word ^ (word >> _U30)) * _MIX_1
    word = (word ^ (word >> _U27)) * _MIX_2
    return word ^ (word >> _U31)


@compiled
def uniform(d: Any) -> float:
    """Draw from (0, 1] with the stream of the device record `d`."""
    total = d.s0 + d.s3
    result = ((total << _U23) | (total >> _U41)) + d.s0
    shifted = d.s1 << _U17
    s2 = d.s2 ^ d.s0
    s3 = d.s3 ^ d.s1
    d.s1 ^= s2
    d.s0 ^= s3
    d.s2 = s2 ^ shifted
    d.s3 = (s3 << _U45) | (s3 >> _U19)
    return float(((result >> _U11) + 1.0) * 2.0**-53)


@compiled
def normal(d: Any) -> float:
    """Draw from N(0, 1) (Box and Muller's cosine half)."""
    radius = sqrt(-2.0 * log(uniform(d)))
    return radius * cos(2.0 * pi * uniform(d))


@lru_cache(maxsize=64)
def octave_memory(elapsed_s: float) -> NDArray[np.float64]:
    """Return the remaining fraction of each process after a time, shape (octaves,)."""
    return np.asarray(np.exp(-elapsed_s / OCTAVES_s))


@lru_cache(maxsize=64)
def octave_weight(integration_s: float) -> NDArray[np.float64]:
    """Return the factor by which averaging reduces each process, shape (octaves,)."""
    r = np.maximum(integration_s / OCTAVES_s, 1e-3)
    return np.asarray(np.sqrt(2.0 * (r - 1.0 + np.exp(-r))) / r)


@compiled
def flicker(d: Any, levels: Any, memory: Any, weight: Any) -> float:
    """Advance one device's processes `levels` in place and return their weighted sum."""
    total = 0.0
    for k in range(levels.shape[0]):
        levels[k] = memory[k] * levels[k] + sqrt(1.0 - memory[k] * memory[k]) * normal(d)
        total += weight[k] * levels[k]
    return total
