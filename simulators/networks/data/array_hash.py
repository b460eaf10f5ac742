"""A hash of arrays, which identifies a set of images wherever it is stored."""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt


def array_hash(*arrays: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of types, shapes and contents."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype.str} {array.shape} ".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
