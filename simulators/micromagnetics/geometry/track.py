"""A track with notches, as drawn: its two edges as functions of x.

The centre line is y = 0. Each edge is half the width away from it, less the depth of the notches on
that side and plus the roughness of the edge; the width changes linearly from end to end.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from .roughness import Roughness

Side = Literal["upper", "lower", "both"]
NotchForm = Literal["half-disc", "v", "square"]


@dataclass(frozen=True, slots=True)
class Notch:
    """A cut into one edge of the track or both, symmetric about its position."""

    position_m: float
    depth_m: float
    half_width_m: float
    form: NotchForm = "half-disc"
    """A half disc whose depth differs from its half width is a half ellipse."""
    side: Side = "both"

    def depth_at(self, x_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the depth of the cut at each x."""
        u = np.abs(x_m - self.position_m) / self.half_width_m
        match self.form:
            case "half-disc":
                profile = np.sqrt(np.clip(1 - u * u, 0, None))
            case "v":
                profile = np.clip(1 - u, 0, None)
            case "square":
                profile = (u < 1).astype(np.float64)
        return self.depth_m * profile


@dataclass(frozen=True, slots=True)
class Track:
    """The outline of the film.

    Raises MicromagneticsError for notches that touch, that leave the track or cut it through.
    """

    length_m: float
    width_m: float
    thickness_m: float
    notches: tuple[Notch, ...] = ()
    end_width_m: float | None = None
    """Width at x = length; `width_m` is that at x = 0. The same if absent."""
    roughness: Roughness | None = None

    def __post_init__(self) -> None:
        sizes = (self.length_m, self.width_m, self.thickness_m, self.width_at_end_m)
        if not all(size > 0 for size in sizes):
            raise MicromagneticsError("Length, width and thickness of the track must be above 0.")
        for number, notch in enumerate(self.notches, start=1):
            if not (notch.depth_m > 0 and notch.half_width_m > 0):
                raise MicromagneticsError(
                    f"Notch {number} has no size: give a depth and a half width above 0."
                )
            if not 0 <= notch.position_m <= self.length_m:
                raise MicromagneticsError(
                    f"Notch {number} at {notch.position_m:g} m is not on the track (0 to "
                    f"{self.length_m:g} m): move it."
                )
        self._check_gaps("upper")
        self._check_gaps("lower")
        if not self.widths_m(self._dense_x_m()).min() > 0:
            raise MicromagneticsError(
                "A notch cuts the track through: make it shallower, or widen the track."
            )

    @property
    def width_at_end_m(self) -> float:
        """The width at x = length, without notches."""
        return self.width_m if self.end_width_m is None else self.end_width_m

    @property
    def largest_width_m(self) -> float:
        """The larger of the widths at both ends, without roughness."""
        return max(self.width_m, self.width_at_end_m)

    def edges_m(
        self, x_m: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return y of the lower and of the upper edge at each x."""
        width = self.width_m + (self.width_at_end_m - self.width_m) * x_m / self.length_m
        edges = []
        for side in ("lower", "upper"):
            cuts = [notch.depth_at(x_m) for notch in self.notches if notch.side in (side, "both")]
            edge = width / 2 - (np.max(cuts, axis=0) if cuts else 0.0)
            if self.roughness is not None:
                edge = edge + self.roughness.displacement_m(side, x_m, self.length_m)
            edges.append(edge)
        return -edges[0], edges[1]

    def widths_m(self, x_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the width of the film at each x, notches and roughness included."""
        lower, upper = self.edges_m(x_m)
        return upper - lower

    def _dense_x_m(self) -> npt.NDArray[np.float64]:
        everywhere = np.linspace(0, self.length_m, 2001)
        return np.concatenate([everywhere, [notch.position_m for notch in self.notches]])

    def _check_gaps(self, side: str) -> None:
        cuts = [
            (notch.position_m - notch.half_width_m, notch.position_m + notch.half_width_m, number)
            for number, notch in enumerate(self.notches, start=1)
            if notch.side in (side, "both")
        ]
        for (_, end_m, left), (start_m, _, right) in pairwise(sorted(cuts)):
            if end_m >= start_m:
                raise MicromagneticsError(
                    f"Notches {left} and {right} touch on the {side} edge: move them apart, or "
                    "make them narrower."
                )
