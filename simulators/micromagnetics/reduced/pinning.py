"""The pinning of a notch as the film has it: the field that holds a wall at each position.

A table H_p(q) on a uniform grid, positive where a push to +x is needed. It is zero beyond its ends.
What follows from it for a wall under a constant push H, with the force 2 μ0 M_S w t of a field:

    depinning field  max H_p,    barrier  E_b(H) = 2 μ0 M_S w t ∫ (H_p - H) dq

from the place where H_p rises through H to the place where it falls through H again, the highest of
them on the way.

Cells of a size a pin a wall of a plain track, too, as a lattice pins a narrow wall (Hilzinger and
Kronmüller, phys. stat. sol. (b) 54, 593 (1972)): its energy depends on where between them it lies.
No track has cells of nanometres across its whole width, so the table has none of that period:

    M(q) = 1/a ∫ H(q') dq',  |q' - q| < a/2,    H_p(q) = M(q) - [M(q + a) - 2 M(q) + M(q - a)]/24.

Whatever has the period a vanishes in the mean M over a cell, with all its harmonics. What is smooth
gains a²/24 H'' in it, by which the top of a notch a few cells long loses up to 9 %; the second term
takes that off again (McCorquodale and Colella, Comm. App. Math. Comp. Sci. 6, 1 (2011)), so that a
polynomial up to the third degree is as it was, and so ∫ H dq, the barrier. A jump becomes a ramp of
length a with 4 % of it as overshoot at both ends.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError

Floats = npt.NDArray[np.float64]
GRID_m = 0.1e-9


@dataclass(frozen=True, slots=True)
class Pinning:
    """Pinning on a grid of `GRID_m` whose first cell starts at `start_m`."""

    start_m: float
    field_A_per_m: Floats
    """H_p at the centre of each cell, shape (n,)."""

    @property
    def x_m(self) -> Floats:
        """Centres of the cells, shape (n,)."""
        cells = np.arange(len(self.field_A_per_m), dtype=np.float64)
        return self.start_m + GRID_m * (cells + 0.5)

    @property
    def depinning_field_A_per_m(self) -> float:
        """The largest H_p: a push of this size frees a wall at T = 0, if it is raised slowly."""
        return float(self.field_A_per_m.max())

    def rest_m(self, near_m: float) -> float:
        """Return the position nearest to a given one where a wall rests without a push.

        Raises MicromagneticsError if there is none.
        """
        field = self.field_A_per_m
        rises = np.flatnonzero((field[:-1] < 0) & (field[1:] >= 0))
        if not len(rises):
            raise MicromagneticsError("The table of the pinning has no place where a wall rests.")
        part = field[rises] / (field[rises] - field[rises + 1])
        places_m = self.x_m[rises] + GRID_m * part
        return float(places_m[np.argmin(np.abs(places_m - near_m))])

    def barrier_A(self, from_m: float, push_A_per_m: float = 0.0) -> tuple[float, float, float]:
        """Return ∫ (H_p - H) dq in A from the valley to the top ahead of it, and both positions.

        The wall rests near `from_m` without a push, and the valley is where it goes under it. The
        integral is 0 for a push that leaves no barrier.
        """
        first = int(np.clip((from_m - self.start_m) / GRID_m, 0, len(self.field_A_per_m) - 1))
        work = GRID_m * np.cumsum(self.field_A_per_m[first:] - push_A_per_m)
        top = int(np.argmax(work - np.minimum.accumulate(work)))
        valley = int(np.argmin(work[: top + 1]))
        x_m = self.x_m[first:]
        return float(work[top] - work[valley]), float(x_m[valley]), float(x_m[top])


def pinning_of(x_m: Floats, field_A_per_m: Floats, cell_m: float) -> Pinning:
    """Return the table through points of a drag, linear between them, without the cells' ripple.

    x must rise. The table begins and ends half a cell within the drag; what M is beyond them counts
    as M at the end.
    """
    if len(x_m) < 2 or (np.diff(x_m) <= 0).any():
        raise MicromagneticsError("A table of the pinning needs rising positions, two at least.")
    start_m = float(x_m[0]) + cell_m / 2
    cells = int((float(x_m[-1]) - cell_m / 2 - start_m) / GRID_m)
    if cells < 1:
        raise MicromagneticsError("A table of the pinning needs a drag that is longer than a cell.")
    centres_m = start_m + GRID_m * (np.arange(cells, dtype=np.float64) + 0.5)
    mean = _mean(x_m, field_A_per_m, centres_m, cell_m)
    before, after = (np.interp(centres_m + far_m, centres_m, mean) for far_m in (-cell_m, cell_m))
    return Pinning(start_m, mean - (after - 2 * mean + before) / 24)


def _mean(x_m: Floats, field_A_per_m: Floats, centres_m: Floats, length_m: float) -> Floats:
    """Return the mean of a piecewise linear function over a length about each centre."""
    ends_m = centres_m - length_m / 2, centres_m + length_m / 2
    corners_m = np.unique(np.concatenate([x_m, *ends_m]))
    corners = np.interp(corners_m, x_m, field_A_per_m)
    integral = np.zeros(len(corners))
    np.cumsum(np.diff(corners_m) * (corners[1:] + corners[:-1]) / 2, out=integral[1:])
    before, after = (np.interp(one_m, corners_m, integral) for one_m in ends_m)
    mean: Floats = (after - before) / length_m
    return mean
