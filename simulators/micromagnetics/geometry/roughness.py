"""The roughness of an etched edge: a random curve of given amplitude and correlation length.

Each edge is displaced by a Gaussian random function of x with standard deviation σ and the
correlation σ² exp(-(x - x′)²/(2 ξ²)): the sum of many cosines whose wave numbers are normally
distributed with standard deviation 1/ξ, with random phases (spectral representation). It does not
depend on the cells, so a finer grid has the same edge.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError

_COSINES = 200


@dataclass(frozen=True, slots=True)
class Roughness:
    """Roughness of both edges, each of its own."""

    standard_deviation_m: float
    correlation_length_m: float
    seed: int

    def __post_init__(self) -> None:
        if not (self.standard_deviation_m >= 0 and self.correlation_length_m > 0):
            raise MicromagneticsError(
                "The roughness needs a standard deviation of 0 or above and a correlation length "
                "above 0: correct it."
            )

    def displacement_m(
        self, side: str, x_m: npt.NDArray[np.float64], length_m: float
    ) -> npt.NDArray[np.float64]:
        """Return how far the edge lies outside the drawn one at each x; its mean over x is 0."""
        rng = np.random.default_rng([self.seed, side == "upper"])
        wave_numbers = rng.standard_normal(_COSINES) / self.correlation_length_m
        phases = rng.uniform(0, 2 * np.pi, _COSINES)

        def curve(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            waves = np.cos(np.multiply.outer(x, wave_numbers) + phases)
            total: npt.NDArray[np.float64] = waves.sum(axis=-1)
            return total

        mean = curve(np.linspace(0, length_m, 1001)).mean()
        scale = self.standard_deviation_m * sqrt(2 / _COSINES)
        displacement: npt.NDArray[np.float64] = scale * (curve(x_m) - mean)
        return displacement
