"""Copies of a network in which some parameters are others: quick, for it is done at every trial.

`copy.deepcopy` with a memo, but for what modules mostly consist of: tables of names, numbers and
submodules are copied directly, in a tenth of the time.
"""

import copy
from collections import OrderedDict
from functools import cache
from types import BuiltinFunctionType, FunctionType
from typing import Any

import torch
from torch import nn

from ...errors import NetworkError

ATOMS = {
    *(type(None), bool, int, float, complex, str, bytes, type, range),
    *(FunctionType, BuiltinFunctionType, torch.dtype, torch.device, torch.Size),
}
TABLES = {dict, OrderedDict}
CUSTOM = ("__deepcopy__", "__getstate__", "__reduce__")


def copied_with(network: nn.Module, replaced: dict[int, nn.Parameter]) -> nn.Module:
    """Return a copy with other parameters, by the identity of those that they replace."""
    copied: nn.Module = _copied(network, dict(replaced))
    return copied


def check_parameters(network: nn.Module, copied: nn.Module) -> None:
    """Raise NetworkError where a copy has lost what its parameters were given."""
    for name, parameter in network.named_parameters():
        try:
            other = copied.get_parameter(name)
        except AttributeError:
            continue  # computed from others, and kept as one
        if other is parameter or (other.dtype, other.shape) != (parameter.dtype, parameter.shape):
            raise own_copy(copied, name)


def own_copy(network: nn.Module, parameter: str) -> NetworkError:
    """Return the refusal of a module that makes copies of itself in a way of its own."""
    owner = parameter.rpartition(".")[0]
    where = f"Layer {owner}, {type(network.get_submodule(owner)).__name__}," if owner else "It"
    return NetworkError(
        f"{where} makes copies of itself in a way of its own, without the weights that it is "
        "given: leave __deepcopy__ and __reduce__ out of its class."
    )


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    kind = type(value)
    if kind in ATOMS:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if kind in TABLES:
        table = memo[id(value)] = kind()
        for key, entry in value.items():
            named = key if type(key) is str else _copied(key, memo)
            table[named] = entry if type(entry) in ATOMS else _copied(entry, memo)
        return table
    if kind is tuple and all(type(entry) in ATOMS for entry in value):
        return value
    if kind in (list, set) and all(type(entry) in ATOMS for entry in value):
        return kind(value)
    if isinstance(value, nn.Module) and _is_plain(kind):  # type: ignore[arg-type]
        module = memo[id(value)] = object.__new__(kind)
        content = module.__dict__
        content.update(value.__dict__)
        for name, entry in value.__dict__.items():
            of = type(entry)
            if of in ATOMS:
                continue
            if of in TABLES and not entry:  # most of a module: hooks that it has not
                if id(entry) not in memo:
                    memo[id(entry)] = of()
                content[name] = memo[id(entry)]
            elif of is set and not entry:
                content[name] = set()
            else:
                content[name] = _copied(entry, memo)
        return module
    if kind is nn.Parameter:
        memo[id(value)] = value.__deepcopy__(memo)
        return memo[id(value)]
    return copy.deepcopy(value, memo)


@cache
def _is_plain(kind: type) -> bool:
    """Return whether copying a module's attributes one by one is what copy.deepcopy does."""
    own = [vars(base) for base in kind.__mro__[: kind.__mro__.index(nn.Module)]]
    return not any(name in names for names in own for name in CUSTOM)
