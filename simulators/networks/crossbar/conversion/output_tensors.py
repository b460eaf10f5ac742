"""The tensors in what a network returns: alone, in tables, or in objects of any class."""

from collections.abc import Mapping, Sequence, Set
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

UNSEARCHED = (
    *(type(None), bool, int, float, complex, str, bytes, type, range, np.ndarray, nn.Module),
    *(FunctionType, BuiltinFunctionType, MethodType, ModuleType),
)
"""What has no outputs in it."""


def tensors_of(outputs: Any) -> list[Tensor]:
    """Return the tensors in outputs of any kind, in order: in objects of any class, too."""
    found: list[Tensor] = []
    _collect(outputs, found, set())
    return found


def _collect(value: Any, found: list[Tensor], seen: set[int]) -> None:
    if isinstance(value, Tensor):
        dense = value if value.is_nested or value.layout == torch.strided else value.to_dense()
        found += dense.unbind() if dense.is_nested else [dense]
        return
    if isinstance(value, UNSEARCHED) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, Sequence | Set):
        parts = list(value)
    else:
        slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
        held = [getattr(value, name) for name in slots if hasattr(value, name)]
        parts = [*getattr(value, "__dict__", {}).values(), *held]
    for part in parts:
        _collect(part, found, seen)
