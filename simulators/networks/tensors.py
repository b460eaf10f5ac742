"""Tensors in nested plain data, as arrays for a checkpoint and back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


def as_arrays(content: Any) -> Any:
    """Return a copy of nested dictionaries, lists and tuples with each tensor as an array."""
    return _mapped(content, Tensor, lambda tensor: tensor.detach().cpu().numpy().copy())


def as_tensors(content: Any) -> Any:
    """Return a copy of nested dictionaries, lists and tuples with each array as a tensor."""
    return _mapped(content, np.ndarray, lambda array: torch.from_numpy(array.copy()))


def _mapped(content: Any, kind: type, convert: Callable[[Any], Any]) -> Any:
    if isinstance(content, kind):
        return convert(content)
    if isinstance(content, dict):
        return {key: _mapped(value, kind, convert) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_mapped(value, kind, convert) for value in content)
    return content
