"""Batch norm and sign activation, forward and back, on bytes and bfloat16 between products.

    z = (y − ȳ)/√(σ² + ε),    a = sign z (z ≥ 0: +1),    ∂a/∂z ≈ 1 where |z| ≤ 1, else 0,
    ∂L/∂y = (∂L/∂z − mean(∂L/∂z) − z mean(z ∂L/∂z))/√(σ² + ε),

means over the batch. Sources: Ioffe & Szegedy, 2015; Hubara et al., JMLR 18, 187 (2018), for the
straight-through window. No scale and shift are learned.
"""

from typing import Any

import numpy as np

from ....compiled import compiled, inlined
from .update import bfloat16_to_float32

EPSILON = 1e-5


@inlined
def float32_to_bfloat16(value: Any) -> Any:
    """Return the bfloat16 bits nearest to a float32, ties to even."""
    bits = np.float32(value).view(np.uint32)
    odd = np.uint32(np.uint32(bits >> np.uint32(16)) & np.uint32(1))
    return np.uint16(np.uint32(bits + np.uint32(np.uint32(0x7FFF) + odd)) >> np.uint32(16))


@compiled
def normalise(y: Any, z: Any, mean: Any, variance: Any, scale: Any) -> None:
    """Fill z (batch, units) and its mean, variance and scale 1/√(σ² + ε) from sums y (int32)."""
    batch, units = y.shape
    share = np.float32(1.0 / batch)
    mean[:] = 0
    variance[:] = 0
    for b in range(batch):
        for n in range(units):
            mean[n] += np.float32(y[b, n])
    for n in range(units):
        mean[n] *= share
    for b in range(batch):
        for n in range(units):
            z[b, n] = np.float32(y[b, n]) - mean[n]
            variance[n] += z[b, n] * z[b, n]
    for n in range(units):
        variance[n] *= share
        scale[n] = np.float32(1) / np.sqrt(variance[n] + np.float32(EPSILON))
    for b in range(batch):
        for n in range(units):
            z[b, n] *= scale[n]


@compiled
def activate(z: Any, active: Any) -> None:
    """Fill the signs (int8) of z, flat arrays."""
    for i in range(z.size):
        active[i] = np.int8(1) if z[i] >= 0 else np.int8(-1)


@compiled
def pass_back(
    slope: Any, z: Any, scale: Any, windowed: bool, first: Any, second: Any, back: Any
) -> None:
    """Fill ∂L/∂y (`back`) from ∂L/∂a (`slope`), both bfloat16 bits (batch, units).

    `windowed` takes the activation's straight-through window; first and second are scratch.
    """
    batch, units = z.shape
    share = np.float32(1.0 / batch)
    one, nothing = np.float32(1), np.float32(0)
    first[:] = 0
    second[:] = 0
    for b in range(batch):
        for n in range(units):
            passes = abs(z[b, n]) <= one or not windowed
            d = bfloat16_to_float32(slope[b, n]) if passes else nothing
            first[n] += d
            second[n] += d * z[b, n]
    for n in range(units):
        first[n] *= share
        second[n] *= share
    for b in range(batch):
        for n in range(units):
            passes = abs(z[b, n]) <= one or not windowed
            d = bfloat16_to_float32(slope[b, n]) if passes else nothing
            back[b, n] = float32_to_bfloat16((d - first[n] - z[b, n] * second[n]) * scale[n])


@compiled
def cross_entropy(z: Any, label: Any, softmax_scale: Any, share: Any, slope: Any) -> Any:
    """Fill ∂L/∂z (`slope`, bfloat16 bits) of softmax and cross-entropy; return the mean loss.

    z (batch, classes) float32, label (batch,) int64, `share` scratch (classes,) float32. The slope
    is of the loss summed over the batch; Adam makes up for any factor.
    """
    batch, classes = z.shape
    loss = 0.0
    for b in range(batch):
        top = z[b].max()
        total = np.float32(0)
        for n in range(classes):
            share[n] = np.exp(softmax_scale * (z[b, n] - top))
            total += share[n]
        loss -= np.log(share[label[b]] / total)
        for n in range(classes):
            hit = np.float32(1) if n == label[b] else np.float32(0)
            slope[b, n] = float32_to_bfloat16(share[n] / total - hit)
    return loss / batch
