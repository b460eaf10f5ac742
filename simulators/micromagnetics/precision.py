"""The floating-point precision of fields and moments."""

from typing import Any

import numpy as np

Precision = np.dtype[np.floating[Any]]
DOUBLE: Precision = np.dtype(np.float64)
SINGLE: Precision = np.dtype(np.float32)
