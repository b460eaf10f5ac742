"""How far the outputs of two networks differ, and from which layer on."""

import math
from contextlib import suppress
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ..layers import AnalogModule
from .example import Example
from .output_tensors import tensors_of

TOLERANCES = {torch.float64: 1e-6, torch.float32: 1e-4, torch.float16: 0.02, torch.bfloat16: 0.1}
"""The largest mean |Δ|/σ of outputs that rounding may cause, by the precision of the weights."""


def deviation(expected: Any, got: Any) -> float:
    """Return the largest mean |Δ|/σ of the outputs' tensors; infinite for other shapes."""
    pairs = tensors_of(expected), tensors_of(got)
    if [one.shape for one in pairs[0]] != [one.shape for one in pairs[1]]:
        return math.inf
    return max((_deviation(a, b) for a, b in zip(*pairs, strict=True)), default=0.0)


def first_difference(
    original: nn.Module, converted: nn.Module, example: Example, tolerance: float
) -> str:
    """Return the name of the first layer, in the order of calls, whose outputs differ.

    Layers into which a batch norm was folded are not compared: the norm's outputs are.
    """
    expected, got = _layer_outputs(original, example), _layer_outputs(converted, example)
    folded = {getattr(part, "layer", None) for part in converted.modules()}
    for (name, outputs), (other, others) in zip(expected, got, strict=False):
        if name in folded and name == other:
            continue
        if name != other or deviation(outputs, others) > tolerance:
            return name
    return ""


def _layer_outputs(network: nn.Module, example: Example) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def keep(name: str, _layer: nn.Module, _inputs: Any, outputs: Any) -> None:
        found.append((name, [one.clone() for one in tensors_of(outputs)]))

    inner = network.network if isinstance(network, AnalogModule) else network
    leaves = [(n, part) for n, part in inner.named_modules() if n and not list(part.children())]
    hooks = [part.register_forward_hook(partial(keep, name)) for name, part in leaves]
    try:
        with suppress(Exception):  # where it fails, it differs
            example.call(network)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _deviation(expected: Tensor, got: Tensor) -> float:
    if not expected.numel():
        return 0.0
    if not expected.is_floating_point():
        if expected.is_complex():
            return _deviation(torch.view_as_real(expected), torch.view_as_real(got))
        return float((expected != got).double().mean())
    expected, got = expected.detach().double(), got.detach().double()
    finite = expected.isfinite()
    if not torch.equal(finite, got.isfinite()):
        return math.inf
    expected, got = expected[finite], got[finite]
    if not len(expected):
        return 0.0
    differing = float((expected - got).abs().mean())
    spread = float(expected.std(correction=0))
    scale = spread if spread > 1e-12 * float(expected.abs().max()) else float(expected.abs().mean())
    return differing / scale if scale else (math.inf if differing else 0.0)
