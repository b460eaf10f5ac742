"""Steepest descent of the energy of a film in long steps, and relaxation with a wall held in place.

Moments follow dm/dτ = F, where F is the field normal to each moment: they turn into its direction
without precession. A step of the Runge-Kutta-Legendre method with s stages is (s² + s)/2 times as
long as the longest of Euler's method (Meyer, Balsara and Aslam, Mon. Not. R. Astron. Soc. 422,
2102 (2012), first order).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from .landscape import Landscape

Floats = npt.NDArray[np.float64]
Force = Callable[[Floats], Floats]

STAGES = 9
_SAFETY = 0.8
_MOST_STEPS = 4000


def descend(m: Floats, force: Force, stiffest_A_per_m: float, stages: int = STAGES) -> Floats:
    """Return moments, shape (..., 3, nx, ny), after one long step along a force in A/m."""
    step_m_per_A = _SAFETY * (stages**2 + stages) / stiffest_A_per_m
    weight = 2 / (stages**2 + stages)
    before, now = m, m + weight * step_m_per_A * force(m)
    for stage in range(2, stages + 1):
        factor = (2 * stage - 1) / stage
        after = (
            factor * (now + weight * step_m_per_A * force(unit(now))) + (1 - stage) / stage * before
        )
        before, now = now, after
    return unit(now)


def unit(m: Floats) -> Floats:
    """Return moments of length 1; cells without material keep 0."""
    length = np.linalg.norm(m, axis=-3, keepdims=True)
    result: Floats = np.divide(m, length, out=np.zeros_like(m), where=length > 0)
    return result


def relaxed(
    landscape: Landscape, m: Floats, tolerance_A_per_m: float, *, holds_wall: bool = False
) -> Floats:
    """Return the minimum of the energy next to a state of a landscape's part.

    `holds_wall` keeps the mean of m_z, and with it the mean position of the wall, by a uniform
    field along z that changes with the state (a Lagrange multiplier). Raises MicromagneticsError if
    the largest force on a moment stays above the tolerance.
    """

    def force(state: Floats) -> Floats:
        normal, _ = landscape.force_A_per_m(state)
        return without_drift(landscape, state, normal) if holds_wall else normal

    for _ in range(_MOST_STEPS):
        m = descend(m, force, landscape.stiffest_A_per_m)
        largest = float(np.linalg.norm(force(m), axis=0).max())
        if largest < tolerance_A_per_m:
            return m
    raise MicromagneticsError(
        f"A wall at {landscape.wall(m).position_m * 1e9:.0f} nm does not come to rest (force of "
        f"{largest:.3g} A/m): check the shape of the track there."
    )


def without_drift(landscape: Landscape, m: Floats, force: Floats) -> Floats:
    """Return a force with the uniform field along z added that leaves the mean m_z as it is."""
    weight = landscape.moment_J_per_A_per_m * landscape.is_free
    share = np.sum(weight * force[2]) / np.sum(weight * (1 - m[2] ** 2))
    along_z = -m[2] * m
    along_z[2] += 1
    held: Floats = force - share * along_z * landscape.is_free
    return held
