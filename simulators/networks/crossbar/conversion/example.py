"""Example inputs of a network: given by the caller, or guessed from its first layers."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves, tree_map

from ...errors import NetworkError

Inputs = Tensor | tuple[Any, ...] | Mapping[str, Any]
BATCH = 2
LENGTHS = (16, 5, 64, 256, 1024)
SIDES = (32, 28, 64, 96, 128, 224, 227, 299, 16, 8, 4)
VOLUMES = (16, 8, 32, 64)
TRIED_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Example:
    """The arguments of one call of a network."""

    args: tuple[Any, ...]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, inputs: Inputs) -> Self:
        """Take a batch, a tuple of positional arguments, or named ones. Raises NetworkError."""
        if isinstance(inputs, Mapping):
            found = cls((), dict(inputs))
        else:
            found = cls(tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,), {})
        if not any(one.numel() for one in found.tensors):
            raise NetworkError(
                "The example has no tensor with values in it: give a batch of inputs, a tuple of "
                "positional arguments, or a dictionary of named ones."
            )
        return found

    @property
    def tensors(self) -> list[Tensor]:
        return [one for one in tree_leaves((self.args, self.options)) if isinstance(one, Tensor)]

    @property
    def batch(self) -> int:
        """The length of the first axis of the first tensor."""
        first = self.tensors[0]
        return len(first) if first.dim() else 1

    def first(self, count: int) -> "Example":
        """Return the first images, where all tensors agree on how many there are."""
        if len({len(one) if one.dim() else -1 for one in self.tensors}) > 1:
            return self
        return self.mapped(lambda one: one[:count])

    def varied(self) -> "Example":
        """Return it with random numbers where all are the same: they would hide differences."""
        generator = torch.Generator().manual_seed(0)

        def change(one: Tensor) -> Tensor:
            constant = (
                one.is_floating_point()
                and one.numel() > 1
                and bool((one == one.flatten()[0]).all())
            )
            return torch.randn(one.shape, generator=generator).to(one) if constant else one

        return self.mapped(change)

    def to(self, like: nn.Module, dtype: torch.dtype | None = None) -> "Example":
        """Return it where the network is, numbers with a point in its precision or `dtype`."""
        own = next((p for p in like.parameters() if p.is_floating_point()), None)
        if own is None:
            return self
        kind = dtype or own.dtype
        return self.mapped(
            lambda one: one.to(own.device, kind) if one.is_floating_point() else one.to(own.device)
        )

    def mapped(self, change: Callable[[Tensor], Tensor]) -> "Example":
        def changed(one: Any) -> Any:
            return change(one) if isinstance(one, Tensor) else one

        return Example(tree_map(changed, self.args), tree_map(changed, dict(self.options)))

    def call(self, network: nn.Module) -> Any:
        """Return the outputs; inputs are copied, random numbers are the same at each call."""
        copied = self.mapped(lambda one: one.clone())
        devices = {one.device for one in self.tensors if one.device.type == "cuda"}
        with torch.random.fork_rng(sorted(devices, key=str)), torch.no_grad():
            torch.default_generator.manual_seed(0)  # torch.manual_seed imports all of dynamo
            for device in devices:
                torch.cuda.default_generators[device.index or 0].manual_seed(0)
            return network(*copied.args, **copied.options)


def guessed_example(model: nn.Module) -> Example:
    """Return random inputs that the model takes; raises NetworkError where no guess is taken."""
    layers = [(name, part) for name, part in model.named_modules() if _takes(part)]
    problem = "it has no layer whose inputs are known"
    for _, layer in layers[:TRIED_LAYERS]:
        for batch in _batches(layer):
            example = Example(tuple(batch() for _ in range(_required(model))), {}).to(model)
            try:
                example.call(model)
            except Exception as error:  # whatever the model's own code raises
                problem = f"{type(error).__name__}: {shortened(error)}"
            else:
                return example
    raise NetworkError(
        f"What {type(model).__name__} takes cannot be guessed from its first layers ({problem}): "
        "give example=, a batch of its inputs or a tuple of its arguments."
    )


def failing_example(model: nn.Module, error: Exception) -> NetworkError:
    return NetworkError(
        f"{type(model).__name__} cannot compute its example ({type(error).__name__}: "
        f"{shortened(error)}): give example=, a batch of its inputs or a tuple of its arguments."
    )


def shortened(error: Exception) -> str:
    """Return the message of an exception of other code in a line."""
    text = " ".join(str(error).split())
    return text if len(text) <= 120 else f"{text[:120]}…"


def _required(model: nn.Module) -> int:
    """Return how many arguments `forward` must be given."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(model.forward).parameters.values()
    return max(1, sum(one.kind in kinds and one.default is one.empty for one in parameters))


def _takes(layer: nn.Module) -> bool:
    return next(_batches(layer), None) is not None


def _batches(layer: nn.Module) -> Iterator[Callable[[], Tensor]]:
    """Yield makers of batches that a layer takes, or that become what it takes."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Callable[[], Tensor]:
        return lambda: torch.randn(BATCH, *shape, generator=generator)

    match layer:
        case nn.Linear():
            yield normal(layer.in_features)
            for length in LENGTHS:
                yield normal(length, layer.in_features)
            for channels in (1, 3):
                side = round((layer.in_features / channels) ** 0.5)
                if channels * side**2 == layer.in_features:
                    yield normal(channels, side, side)
        case nn.Conv1d() | nn.ConvTranspose1d() | nn.BatchNorm1d():
            for length in LENGTHS[::-1] + LENGTHS:
                yield normal(_channels(layer), length)
        case nn.Conv2d() | nn.ConvTranspose2d() | nn.BatchNorm2d():
            for side in SIDES:
                yield normal(_channels(layer), side, side)
        case nn.Conv3d() | nn.ConvTranspose3d() | nn.BatchNorm3d():
            for side in VOLUMES:
                yield normal(_channels(layer), side, side, side)
        case nn.Embedding():
            for length in LENGTHS:
                words, shape = layer.num_embeddings, (BATCH, length)
                yield partial(torch.randint, words, shape, generator=generator)
        case nn.RNNBase() | nn.RNNCellBase():
            for length in LENGTHS:
                yield normal(length, layer.input_size)
            yield normal(layer.input_size)
        case nn.MultiheadAttention():
            yield normal(LENGTHS[0], layer.embed_dim)


def _channels(layer: nn.Module) -> int:
    return int(getattr(layer, "in_channels", 0) or getattr(layer, "num_features", 0))
