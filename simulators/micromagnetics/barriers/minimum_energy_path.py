"""The minimum-energy path between two states of a film: the string method.

A chain of images leads from one state to the other. Each image descends along the part of the force
that is normal to the chain, and after every step the images are spread again at equal distances
along it (E, Ren and Vanden-Eijnden, Phys. Rev. B 66, 052301 (2002) and J. Chem. Phys. 126, 164103
(2007)). Distances are ∫ |dm|² over the volume; the tangent points to the neighbour of higher energy
(Bessarab, Uzdin and Jónsson, Comput. Phys. Commun. 196, 335 (2015)), and both ends stay where they
are. Between images the energy is a cubic of the values and slopes at both.

The path has converged once the normal force on every moment of every image is below the tolerance.
Its error from the number of images is the change of the barrier if every other image is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicHermiteSpline

from ..errors import MicromagneticsError
from .descent import STAGES, descend, unit
from .landscape import Landscape

Floats = npt.NDArray[np.float64]
Watch = Callable[[int, float], None]
"""Takes the number of steps done and the largest normal force, in A/m."""

_POINTS = 4001
_STEADY = 5  # steps without a turn, before steps get longer again
_LARGE = 0.5  # of the largest force: images whose turn counts


@dataclass(frozen=True, slots=True)
class EnergyPath:
    """A converged path and the energy along it."""

    images: Floats
    """Shape (n, 3, nx, ny), of the landscape's part."""
    distance: Floats
    """Distance along the path, relative to its length, shape (n,)."""
    energy_J: Floats
    """Energy of each image less that of the first, shape (n,)."""
    slope_J: Floats
    """dE/d(distance) at each image, shape (n,)."""
    position_m: Floats
    """Mean position of the wall in each image, shape (n,)."""
    force_A_per_m: float
    """Largest normal force on a moment."""
    steps: int

    @property
    def top_J(self) -> float:
        """Largest energy along the path, between images as well, above that of the first."""
        return float(self.between(self.distance)[1].max())

    @property
    def top_m(self) -> float:
        """Mean position of the wall at the largest energy."""
        dense, energy_J = self.between(self.distance)
        return float(np.interp(dense[energy_J.argmax()], self.distance, self.position_m))

    @property
    def images_error_J(self) -> float:
        """Change of the largest energy if every other image is left out."""
        return abs(float(self.between(self.distance, 2)[1].max()) - self.top_J)

    def between(self, distance: Floats, every: int = 1) -> tuple[Floats, Floats]:
        """Return distances, densely, and the energies there by the cubics."""
        chosen = np.unique(np.append(np.arange(0, len(distance), every), len(distance) - 1))
        cubic = CubicHermiteSpline(distance[chosen], self.energy_J[chosen], self.slope_J[chosen])
        dense = np.linspace(0, 1, _POINTS)
        return dense, cubic(dense)


def minimum_energy_path(
    landscape: Landscape,
    images: Floats,
    tolerance_A_per_m: float,
    watch: Watch,
    most_steps: int = 1000,
) -> EnergyPath:
    """Return the path from a first guess, shape (n, 3, nx, ny), whose ends are at rest.

    Raises MicromagneticsError if it has not converged after `most_steps` long steps.
    """
    images = equally_spaced(landscape, images)
    pace = Pace()
    for step in range(1, most_steps + 1):
        forces, energies = _forces(landscape, images)
        tangents = _tangents(landscape, images, energies)
        normal = forces - _along(landscape, forces, tangents) * tangents
        largest = float(np.linalg.norm(normal[1:-1], axis=1).max())
        watch(step, largest)
        if not np.isfinite(largest):
            break
        if largest < tolerance_A_per_m:
            return _path(landscape, images, forces, energies, tangents, largest, step)
        pace.adapt(normal)

        def force(inner: Floats, tangents: Floats = tangents[1:-1]) -> Floats:
            moved, _ = _forces(landscape, inner)
            return moved - _along(landscape, moved, tangents) * tangents

        inner = descend(images[1:-1], force, landscape.stiffest_A_per_m, pace.stages)
        images = equally_spaced(landscape, np.concatenate([images[:1], inner, images[-1:]]))
    raise MicromagneticsError(
        f"The path of the wall has not converged after {most_steps} steps (force of {largest:.3g} "
        f"A/m, wanted {tolerance_A_per_m:g}): use smaller cells or a wider notch."
    )


class Pace:
    """The length of the steps: long ones make close images zigzag, short ones take for ever.

    A force that turns against the one before shows a zigzag. That it grows does not: it does so
    while the path leaves a ridge, too.
    """

    def __init__(self) -> None:
        self.stages = STAGES
        self._before: Floats | None = None
        self._steady = 0

    def adapt(self, normal: Floats) -> None:
        """Shorten the steps if a large force has turned, lengthen them if none has for a while."""
        size = np.linalg.norm(normal, axis=1).max(axis=(1, 2))
        is_large = size > _LARGE * size.max()
        before, self._before = self._before, normal
        if before is None:
            return
        if (np.sum(normal * before, axis=(1, 2, 3))[is_large] < 0).any():
            self.stages, self._steady = max(1, self.stages // 2), 0
            return
        self._steady += 1
        if self._steady == _STEADY:
            self.stages, self._steady = min(STAGES, 2 * self.stages), 0


def equally_spaced(landscape: Landscape, images: Floats) -> Floats:
    """Return as many images at equal distances along the chain, linear in between."""
    along = _distances(landscape, images)
    wanted = np.linspace(0, along[-1], len(images))
    left = np.clip(np.searchsorted(along, wanted, side="right") - 1, 0, len(images) - 2)
    share = (wanted - along[left]) / (along[left + 1] - along[left])
    share = share[:, None, None, None]
    spread = unit((1 - share) * images[left] + share * images[left + 1])
    spread[[0, -1]] = images[[0, -1]]
    return spread


def _forces(landscape: Landscape, images: Floats) -> tuple[Floats, Floats]:
    found = [landscape.force_A_per_m(image) for image in images]
    return np.array([force for force, _ in found]), np.array([energy for _, energy in found])


def _weights(landscape: Landscape) -> Floats:
    weights: Floats = landscape.cells.volume / landscape.cells.volume.sum()
    return weights


def _distances(landscape: Landscape, images: Floats) -> Floats:
    steps = np.sum(_weights(landscape) * np.diff(images, axis=0) ** 2, axis=(1, 2, 3))
    return np.concatenate([[0.0], np.cumsum(np.sqrt(steps))])


def _along(landscape: Landscape, vectors: Floats, tangents: Floats) -> Floats:
    """Return the component of each image's vectors along its tangent, shape (n, 1, 1, 1)."""
    weighted = _weights(landscape) * vectors * tangents
    along: Floats = np.sum(weighted, axis=(1, 2, 3), keepdims=True)
    return along


def _tangents(landscape: Landscape, images: Floats, energies: Floats) -> Floats:
    """Return a tangent of length 1 at each image."""
    ahead, behind = np.empty_like(images), np.empty_like(images)
    ahead[:-1], behind[1:] = np.diff(images, axis=0), np.diff(images, axis=0)
    ahead[-1], behind[0] = behind[-1], ahead[0]
    rise = np.diff(energies, prepend=energies[0], append=energies[-1])
    forward, backward = _shares(rise[1:], rise[:-1])
    tangents = forward[:, None, None, None] * ahead + backward[:, None, None, None] * behind
    tangents -= np.sum(images * tangents, axis=1, keepdims=True) * images
    length = np.sqrt(_along(landscape, tangents, tangents))
    unit_tangents: Floats = tangents / length
    return unit_tangents


def _shares(after: Floats, before: Floats) -> tuple[Floats, Floats]:
    """Return the shares of the steps to the next and from the last image in the tangent."""
    larger, smaller = (
        np.maximum(abs(after), abs(before)), np.minimum(abs(after), abs(before))
    )  # fmt: skip
    next_is_higher = after + before > 0
    forward = np.where(next_is_higher, larger, smaller)
    backward = np.where(next_is_higher, smaller, larger)
    rises, falls = (after > 0) & (before > 0), (after < 0) & (before < 0)
    forward = np.where(rises, 1.0, np.where(falls, 0.0, forward))
    backward = np.where(rises, 0.0, np.where(falls, 1.0, backward))
    flat = (forward == 0) & (backward == 0)
    return np.where(flat, 1.0, forward), np.where(flat, 1.0, backward)


def _path(
    landscape: Landscape, images: Floats, forces: Floats, energies: Floats, tangents: Floats,
    largest: float, steps: int,
) -> EnergyPath:  # fmt: skip
    along = _distances(landscape, images)
    moment = landscape.moment_J_per_A_per_m
    slope = -np.sum(moment * forces * tangents, axis=(1, 2, 3)) * along[-1]
    return EnergyPath(
        images,
        along / along[-1],
        energies - energies[0],
        slope,
        np.array([landscape.wall(image).position_m for image in images]),
        largest,
        steps,
    )
