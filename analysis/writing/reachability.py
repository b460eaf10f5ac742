"""Almost-sure reachability: the states from which some policy reaches the target level.

A state is (level, positive amplitudes withstood, negative ones withstood). It belongs to the set if
one pulse leads from it to states of the set alone and may lead nearer to the target. The largest
such set is found by removing the states that cannot reach the target within it, until none is
left to remove. Source: Baier & Katoen, Principles of Model Checking (2008), §10.6.
"""

from typing import Any

import numpy as np

from ...arrays import Flags, Floats
from ...compiled import compiled


def reaches_almost_surely(onward: Floats, back: Floats, target: int) -> Flags:
    """Return the states from which some policy reaches the target with probability 1.

    `onward` (n + 1, n, L, L) and `back` (m + 1, m, L, L) are the tables of positive and negative
    pulses (`transitions`); the result has the shape (L, n + 1, m + 1).
    """
    shape = (onward.shape[-1], len(onward), len(back))
    safe = np.ones(shape, dtype=np.bool_)
    while True:
        reached = np.zeros(shape, dtype=np.bool_)
        reached[target] = True
        while _grow(onward, back, safe, reached):
            pass
        if (reached == safe).all():
            return safe
        safe = reached


@compiled
def _any_after(tables: Any, w: int, a: int, i: int, arrived: Any, stayed: bool) -> bool:
    """Return whether the flag holds for any state that a pulse may lead to."""
    for j in range(tables.shape[2]):
        if tables[w, a, i, j] > 0.0 and (stayed if j == i else arrived[j]):
            return True
    return False


@compiled
def _all_after(tables: Any, w: int, a: int, i: int, arrived: Any, stayed: bool) -> bool:
    """Return whether the flag holds for all states that a pulse may lead to."""
    for j in range(tables.shape[2]):
        if tables[w, a, i, j] > 0.0 and not (stayed if j == i else arrived[j]):
            return False
    return True


@compiled
def _grow(onward: Any, back: Any, safe: Any, reached: Any) -> bool:
    """Add states with a pulse that stays among the safe ones and may lead to reached ones."""
    levels, above, below = safe.shape
    grew = False
    for i in range(levels):
        for w in range(above - 1, -1, -1):
            for v in range(below - 1, -1, -1):
                if reached[i, w, v] or not safe[i, w, v]:
                    continue
                found = False
                for a in range(w, above - 1):
                    kept, led = safe[:, a + 1, 0], reached[:, a + 1, 0]
                    if _all_after(onward, w, a, i, kept, safe[i, a + 1, v]) and _any_after(
                        onward, w, a, i, led, reached[i, a + 1, v]
                    ):
                        found = True
                        break
                for b in range(v, below - 1):
                    if found:
                        break
                    kept, led = safe[:, 0, b + 1], reached[:, 0, b + 1]
                    found = _all_after(back, v, b, i, kept, safe[i, w, b + 1]) and _any_after(
                        back, v, b, i, led, reached[i, w, b + 1]
                    )
                if found:
                    reached[i, w, v] = grew = True
    return grew
