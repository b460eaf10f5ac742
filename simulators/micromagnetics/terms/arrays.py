"""The terms in plain form work on numpy arrays and on torch tensors alike.

Both have the same functions in their namespaces for what the terms need. Torch is not imported
here, since whoever has a tensor has imported it.
"""

import sys
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""A numpy array or a torch tensor."""


def namespace_of(array: Array) -> Any:
    """Return the module, numpy or torch, whose functions take this array."""
    return np if isinstance(array, np.ndarray) else sys.modules["torch"]
