"""Noise-aware training: each step computes with weights to which programming noise is added.

A step computes with w + ε max|w| n, n drawn anew from a normal distribution for every weight and
max|w| taken over the weights of one output, and its gradient moves the noise-free w. The network
settles where such errors cost little (Joshi et al., Nature Communications 11, 2473 (2020), whose
maximum is the layer's). ε is σ of a differential pair over the conductance range: 0.022 for the
straight synapse. Batch norm scales an output's weights alike, folded or not, so ε stays true where
every output has a range of its own; with one for the layer, outputs of small weights see more.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def with_weight_noise(
    network: nn.Module, relative_std: float, generator: torch.Generator
) -> Iterator[None]:
    """Add noise to the weights of `Linear` and `Conv2d` layers; restore them at the end.

    `relative_std` is σ over the largest weight of an output.
    """
    layers = [part for part in network.modules() if isinstance(part, nn.Linear | nn.Conv2d)]
    kept = [layer.weight.detach().clone() for layer in layers]
    with torch.no_grad():
        for layer, weight in zip(layers, kept, strict=True):
            largest = weight.abs().flatten(1).amax(1).view(-1, *[1] * (weight.dim() - 1))
            draws = torch.empty_like(weight).normal_(generator=generator)
            layer.weight.addcmul_(draws, largest, value=relative_std)
    try:
        yield
    finally:
        with torch.no_grad():
            for layer, weight in zip(layers, kept, strict=True):
                layer.weight.copy_(weight)
