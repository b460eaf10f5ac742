"""One pulse on every synapse: Adam, the metaplastic device and the next round's readout, one pass.

With the gradient g of the loss and Adam's β1, β2 (Kingma & Ba, 2015), t updates so far:

    m ← β1 m + (1 − β1) g,    v ← β2 v + (1 − β2) g²,
    u = −lr m/(1 − β1ᵗ) / (√(v/(1 − β2ᵗ)) + ε),
    f_meta(W) = (1 − |W|)(w2 − w1)/w2 + w1/w2,
    Δ = u f_meta(W) (δ where u has the sign of what is read of W, else 1),
    W' = clip(W + (Δ where |Δ| ≥ θ lr, else 0), −1, 1).

f_meta is equation 1 of the synapse paper, the asymmetric update that of Laborieux et al., Nat.
Commun. 12, 2549 (2021); θ is a drive below which no wall depins (0: there is none; the wider the
track, the larger u has to be). With L levels −1 + 2k/(L − 1), notches of the track, the wall stops
at

    k = ⌊(W' + 1)(L − 1)/2 + r⌋,

r uniform in 0 … 1 (stochastic: the mean is W'), ½ (deterministic), or ½ while the computer adds up
W' itself ("float_accumulator": nothing is lost, f_meta is that of the stop, and a number beside
each device does what the device cannot). A weight is read as its sign, which a comparator with
hysteresis holds at 0, or as 2k − (L − 1), both small integers: products with them are exact, and
the batch norm that follows takes any common factor out. Draws are counter-based: a hash (Wellons'
lowbias32, twice) of the weight's index and two keys that are new for each update.
"""

from typing import Any

import numpy as np

from ....compiled import compiled, inlined
from .settings import StreamSetup

RULE = np.dtype(
    [
        ("beta1", "f4"),
        ("beta2", "f4"),
        ("epsilon", "f4"),
        ("narrow", "f4"),
        ("delta", "f4"),
        ("top", "f4"),
        ("stochastic", "b1"),
        ("accumulates", "b1"),
        ("binarised", "b1"),
    ],
    align=True,
)
"""The constants of all updates: Adam's, w1/w2, δ, L − 1 (0: no levels), flags."""


def rule_of(setup: StreamSetup) -> Any:
    """Return the setup's constants as the kernels take them."""
    return np.array(
        [
            (
                setup.beta1,
                setup.beta2,
                setup.epsilon,
                setup.width_ratio,
                setup.asymmetry,
                0 if setup.weights is None else setup.weights - 1,
                setup.rounding == "stochastic",
                setup.rounding == "float_accumulator",
                setup.binarised,
            )
        ],
        dtype=RULE,
    )


def corrections(rule: Any, learning_rate: float, updates: int) -> tuple[np.float32, np.float32]:
    """Return lr/(1 − β1ᵗ) and 1/√(1 − β2ᵗ) for update t, counted from 1."""
    beta1, beta2 = float(rule["beta1"][0]), float(rule["beta2"][0])
    rate = learning_rate / (1 - beta1**updates)
    return np.float32(rate), np.float32(1 / np.sqrt(1 - beta2**updates))


@inlined
def hash32(x: Any) -> Any:
    """Return a 32-bit hash of 32 bits. Source: C. Wellons, "Prospecting for hash functions"."""
    x = np.uint32(x ^ (x >> np.uint32(16)))
    x = np.uint32(x * np.uint32(0x7FEB352D))
    x = np.uint32(x ^ (x >> np.uint32(15)))
    x = np.uint32(x * np.uint32(0x846CA68B))
    return np.uint32(x ^ (x >> np.uint32(16)))


@inlined
def uniform(index: int, key0: Any, key1: Any) -> Any:
    """Return a uniform draw, 0 ≤ r < 1 in steps of 2⁻²⁴, for this index and these keys."""
    hashed = hash32(np.uint32(hash32(np.uint32(np.uint32(index) + key0)) ^ key1))
    return np.float32(np.int32(hashed >> np.uint32(8))) * np.float32(2.0**-24)


@inlined
def bfloat16_to_float32(bits: Any) -> Any:
    """Return the float32 of bfloat16 bits."""
    return np.uint32(np.uint32(bits) << np.uint32(16)).view(np.float32)


@compiled
def pulse_levels(
    weight: Any,
    m: Any,
    v: Any,
    gradient: Any,
    read: Any,
    rule: Any,
    rate: Any,
    square: Any,
    least: Any,
    key0: Any,
    key1: Any,
) -> None:
    """Update quantised weights in place, and what is read of them.

    Flat arrays of one length: weight, m and v float32, gradient bfloat16 bits (uint16), read int8;
    `rate` and `square` from `corrections`, `least` is θ lr (float32), keys uint32.
    """
    beta1, beta2, epsilon = rule[0].beta1, rule[0].beta2, rule[0].epsilon
    narrow, delta, top = rule[0].narrow, rule[0].delta, rule[0].top
    stochastic, accumulates, binarised = rule[0].stochastic, rule[0].accumulates, rule[0].binarised
    one, half = np.float32(1), np.float32(0.5)
    for i in range(weight.size):
        g = bfloat16_to_float32(gradient[i])
        m[i] = beta1 * m[i] + (one - beta1) * g
        v[i] = beta2 * v[i] + (one - beta2) * g * g
        u = -rate * m[i] / (np.sqrt(v[i]) * square + epsilon)
        w = weight[i]
        stop = np.floor((w + one) * (half * top) + half) / (half * top) - one if accumulates else w
        grows = u * np.float32(read[i]) >= 0
        u = u * ((one - abs(stop)) * (one - narrow) + narrow) * (delta if grows else one)
        u = u if abs(u) >= least else np.float32(0)
        wanted = min(max(w + u, -one), one)
        r = uniform(i, key0, key1) if stochastic else half
        k = min(np.floor((wanted + one) * (half * top) + r), top)
        weight[i] = wanted if accumulates else k / (half * top) - one
        numerator = np.int8(k + k - top)
        held = read[i] if numerator == 0 else np.int8(1 if numerator > 0 else -1)
        read[i] = held if binarised else numerator


@compiled
def pulse_continuous(
    weight: Any, m: Any, v: Any, gradient: Any, read: Any, rule: Any, rate: Any, square: Any
) -> None:
    """Update weights that stop anywhere, in place, and their signs; arrays as `pulse_levels`."""
    beta1, beta2, epsilon = rule[0].beta1, rule[0].beta2, rule[0].epsilon
    narrow, delta = rule[0].narrow, rule[0].delta
    one = np.float32(1)
    for i in range(weight.size):
        g = bfloat16_to_float32(gradient[i])
        m[i] = beta1 * m[i] + (one - beta1) * g
        v[i] = beta2 * v[i] + (one - beta2) * g * g
        u = -rate * m[i] / (np.sqrt(v[i]) * square + epsilon)
        w = weight[i]
        u = u * ((one - abs(w)) * (one - narrow) + narrow) * (delta if u * w >= 0 else one)
        weight[i] = min(max(w + u, -one), one)
        read[i] = np.int8(1) if weight[i] >= 0 else np.int8(-1)


@compiled
def pulse_states(
    state: Any,
    m: Any,
    v: Any,
    gradient: Any,
    read: Any,
    fired: Any,
    ends: Any,
    steps: Any,
    rule: Any,
    rate: Any,
    square: Any,
    least: Any,
    key0: Any,
    key1: Any,
) -> None:
    """Fire pulses whose effects are drawn from measured transitions; see `synapses.transitions`.

    `state` uint8, `fired` int8 scratch, `ends` (2, states, states) float32 of
    `Transitions.signed`, `steps` float32 its N; the other arguments as `pulse_levels`.
    """
    beta1, beta2, epsilon = rule[0].beta1, rule[0].beta2, rule[0].epsilon
    delta = rule[0].delta
    one = np.float32(1)
    for i in range(state.size):
        g = bfloat16_to_float32(gradient[i])
        m[i] = beta1 * m[i] + (one - beta1) * g
        v[i] = beta2 * v[i] + (one - beta2) * g * g
        u = -rate * m[i] / (np.sqrt(v[i]) * square + epsilon)
        grows = (u >= 0) == (read[i] >= 0)
        drive = abs(u) * (delta if grows else one)
        drive = drive if drive >= least else np.float32(0)
        is_fired = uniform(i, key0, key1) < drive * steps
        fired[i] = (np.int8(1) if u >= 0 else np.int8(-1)) if is_fired else np.int8(0)
    half = ends.shape[1] // 2
    for i in range(state.size):
        if fired[i] != 0:
            dice = uniform(i, key1, key0)
            row = ends[1 if fired[i] > 0 else 0, state[i]]
            k = 0
            while dice >= row[k]:
                k += 1
            state[i] = np.uint8(k)
            read[i] = np.int8(1) if k >= half else np.int8(-1)
