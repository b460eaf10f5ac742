"""The next step of the adaptive integration, from the error of the one just tried."""

import numpy as np

from ..errors import MicromagneticsError

_SHORTEST_STEP_s = 1e-18


def next_step(
    planned_s: float, tried_s: float, error: float, *, longest_s: float, time_s: float
) -> float:
    """Return the step to plan next; the error is in units of the tolerance, 1 is allowed.

    Raises MicromagneticsError if the integration stands still at `time_s`.
    """
    if error <= 1 and tried_s < planned_s:
        return planned_s  # shortened to meet the end, which says nothing about the next step
    factor = 0.85 * max(error, 1e-9) ** (-1 / 3) if np.isfinite(error) else 0.0
    step_s = min(longest_s, tried_s * min(1.5, max(0.3, factor)))
    if step_s < _SHORTEST_STEP_s:
        raise MicromagneticsError(
            f"The integration came to a standstill at {time_s * 1e9:.4f} ns: the drive or "
            "a field is too large for it."
        )
    return step_s
