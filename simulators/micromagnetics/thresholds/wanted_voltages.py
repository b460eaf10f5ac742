"""Depths of notches for wanted switching voltages, from the thresholds of a series of depths.

The pulse threshold on a wall at rest, J(d), is taken as linear between neighbouring depths and must
rise with depth; it is inverted there and never extrapolated. Each threshold is known to a bracket,
so the depth is known to an interval: it begins where the upper ends of the brackets, and ends where
the lower ones, reach the voltage. The error of the straight lines themselves is not in it.
Run-up thresholds and barriers are interpolated in the same way. Voltages are those across the whole
track, in proportion to J.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erfc, inf

import numpy as np
import numpy.typing as npt

from ..barriers.notch_barriers import Barrier, NotchBarriers
from ..errors import MicromagneticsError
from .bracket import Bracket
from .depth_series import DepthPoint

Floats = npt.NDArray[np.float64]
_WHOLE = 1e-6
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ProposedLevel:
    """A notch whose pulse threshold is a wanted voltage."""

    voltage_V: float
    depth_m: float
    shallowest_m: float | None
    """Ends of the interval that the brackets leave; None beyond the depths of the series."""
    deepest_m: float | None
    run_up_held_V: float
    """Voltages at that depth between which the run-up threshold lies: a wall that arrives at speed
    is held below the first one and not held above the second."""
    run_up_lost_V: float
    barriers: NotchBarriers


def proposed_levels(
    points: Sequence[DepthPoint], wanted_V: Sequence[float], V_per_A_per_m2: float
) -> list[ProposedLevel]:
    """Return a notch for each wanted voltage, by rising voltage.

    `points` rise in depth, as `depth_series` returns them; `V_per_A_per_m2` is the voltage across
    the track per current density. Raises MicromagneticsError where the threshold does not rise with
    depth, and for voltages outside of those scanned.
    """
    depths_m = np.array([point.depth_m for point in points])
    held_V, lost_V = V_per_A_per_m2 * _ends([point.pulse for point in points])
    middle_V = (held_V + lost_V) / 2
    _check_rising(depths_m, middle_V)
    _check_scanned(wanted_V, depths_m, middle_V)
    run_up_V = V_per_A_per_m2 * _ends([point.run_up for point in points])
    return [
        _proposed(wanted, depths_m, held_V, lost_V, run_up_V, points) for wanted in sorted(wanted_V)
    ]


def depth_tolerances_m(levels: Sequence[ProposedLevel]) -> list[float]:
    """Return how far each depth may be off, at most, for the levels to keep their order.

    Half the distance to the nearer neighbour; infinite for a single level.
    """
    steps_m = [inf, *(high.depth_m - low.depth_m for low, high in pairwise(levels)), inf]
    return [min(pair) / 2 for pair in pairwise(steps_m)]


def largest_deviation_V(points: Sequence[DepthPoint], V_per_A_per_m2: float) -> float | None:
    """Return how far a threshold lies from the line between its neighbours; None for two depths.

    For a smooth curve that is about four times the error of the lines between neighbours.
    """
    depths_m = np.array([point.depth_m for point in points])
    middle_V = V_per_A_per_m2 * np.array([point.pulse.middle_A_per_m2 for point in points])
    off_V = [
        abs(np.interp(depths_m[k], depths_m[k - 1 : k + 2 : 2], middle_V[k - 1 : k + 2 : 2]) - V)
        for k, V in enumerate(middle_V[1:-1], start=1)
    ]
    return float(max(off_V)) if off_V else None


def depths_between_cells_m(depths_m: Sequence[float], cell_m: float) -> list[float]:
    """Return the depths that are no whole numbers of cells, at which cells are partly filled."""
    return [one for one in depths_m if abs(one / cell_m - round(one / cell_m)) > _WHOLE]


def swap_probability(step_m: float, spread_m: float) -> float:
    """Return the probability that two notches `step_m` apart in depth are etched in wrong order.

    Both depths are off independently, by normal errors of the standard deviation `spread_m`.
    """
    return erfc(step_m / (2 * spread_m)) / 2 if spread_m > 0 else 0.0


def _proposed(
    wanted_V: float, depths_m: Floats, held_V: Floats, lost_V: Floats, run_up_V: Floats,
    points: Sequence[DepthPoint],
) -> ProposedLevel:  # fmt: skip
    depth_m = float(np.interp(wanted_V, (held_V + lost_V) / 2, depths_m))
    from_above_m = _first_reaching(-wanted_V, -depths_m[::-1], -held_V[::-1])
    run_up_held_V, run_up_lost_V = (float(np.interp(depth_m, depths_m, ends)) for ends in run_up_V)
    return ProposedLevel(
        wanted_V,
        depth_m,
        _first_reaching(wanted_V, depths_m, lost_V),
        None if from_above_m is None else -from_above_m,
        run_up_held_V,
        run_up_lost_V,
        _barriers_at(depth_m, points),
    )


def _first_reaching(wanted: float, x: Floats, values: Floats) -> float | None:
    """Return the smallest x at which a polyline reaches a value, None if before its first point."""
    if values[0] > wanted:
        return None
    last = max(1, int(np.argmax(values >= min(wanted, values.max()))))
    return float(np.interp(wanted, values[last - 1 : last + 1], x[last - 1 : last + 1]))


def _ends(brackets: Sequence[Bracket]) -> Floats:
    """Return the lower and the upper ends in A/m², shape (2, n)."""
    return np.array(
        [
            [bracket.held.current_A_per_m2 for bracket in brackets],
            [bracket.lost.current_A_per_m2 for bracket in brackets],
        ]
    )


def _barriers_at(depth_m: float, points: Sequence[DepthPoint]) -> NotchBarriers:
    depths_m = [point.depth_m for point in points]

    def at(values: Sequence[float]) -> float:
        return float(np.interp(depth_m, depths_m, values))

    def barrier(scanned: Sequence[Barrier]) -> Barrier:
        return Barrier(
            at([one.barrier_J for one in scanned]),
            at([one.error_J for one in scanned]),
            at([one.top_m for one in scanned]),
        )

    found = [point.barriers for point in points]
    return NotchBarriers(
        found[0].notch,
        at([one.rest_m for one in found]),
        barrier([one.forward for one in found]),
        barrier([one.backward for one in found]),
    )


def _check_rising(depths_m: Floats, middle_V: Floats) -> None:
    falls = np.flatnonzero(np.diff(middle_V) <= 0)
    if falls.size:
        shallow, deep = falls[0], falls[0] + 1
        raise MicromagneticsError(
            f"The pulse threshold does not rise from {depths_m[shallow] * 1e9:g} nm "
            f"({middle_V[shallow]:.4g} V) to {depths_m[deep] * 1e9:g} nm ({middle_V[deep]:.4g} V), "
            "so that no depth belongs to a voltage: scan depths farther apart, or lower the "
            "tolerance in [search]."
        )


def _check_scanned(wanted_V: Sequence[float], depths_m: Floats, middle_V: Floats) -> None:
    low_V, high_V = middle_V[0] * (1 - _ROUNDING), middle_V[-1] * (1 + _ROUNDING)
    outside = [f"{one:g} V" for one in sorted(wanted_V) if not low_V <= one <= high_V]
    if outside:
        raise MicromagneticsError(
            f"{', '.join(outside)} {'is' if len(outside) == 1 else 'are'} outside of what was "
            f"scanned, {middle_V[0]:.4g} to {middle_V[-1]:.4g} V for depths of "
            f"{depths_m[0] * 1e9:g} to {depths_m[-1] * 1e9:g} nm: scan other depths too, or want "
            "other voltages."
        )
