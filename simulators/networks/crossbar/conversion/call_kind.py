"""What the path of a network's code may depend on, but the values that it computes with."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

SETTINGS = {bool, int, float, str}
OF_MODULES = frozenset(vars(nn.Module()))
HOOKS = ("_forward_hooks", "_forward_pre_hooks")


def kind_of(network: nn.Module, args: Any, options: Any) -> Hashable:
    """Return shapes, arguments that are no tensors, and the settings and hooks of all modules.

    Settings are numbers, words and switches that a module, its class, or a table or object of its
    own has.
    """
    leaves = [
        tuple(one.shape) if isinstance(one, Tensor) else repr(one)
        for one in tree_leaves((args, options))
    ]
    settings = [entry for part in network.modules() for entry in _settings(part)]
    return (*leaves, len(args), *sorted(options), *settings)


def kept_by(network: nn.Module) -> list[Tensor]:
    """Return the tensors that modules of a network have as attributes, alone or in tables."""
    return [
        one
        for part in network.modules()
        for name, value in vars(part).items()
        if name not in OF_MODULES and type(value) not in SETTINGS
        for one in tree_leaves(value)
        if isinstance(one, Tensor)
    ]


def _settings(part: nn.Module) -> Iterator[Hashable]:
    own = vars(part)
    yield part.training
    yield sum(len(own[hooks]) for hooks in HOOKS)
    for name, value in own.items():
        if type(value) in SETTINGS:
            yield value
        elif name not in OF_MODULES and not isinstance(value, Tensor | nn.Module):
            entries = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
            yield from (entry for entry in entries.values() if type(entry) in SETTINGS)
    for kind in type(part).__mro__:
        if kind.__module__.startswith("torch."):
            break
        for name, value in vars(kind).items():
            if type(value) in SETTINGS and not name.startswith("__"):
                yield value
