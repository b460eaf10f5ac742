"""Films that several tests use."""

import numpy as np
import numpy.typing as npt

from dwmtj.simulators.micromagnetics import (
    Cells,
    Film,
    Material,
    Notch,
    SpinOrbitTorque,
    Track,
    cells_of,
    film_of,
)

Floats = npt.NDArray[np.float64]

MATERIAL = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
"""The film of the neuron paper, K_eff = 0.24 MJ/m³."""
NOTCHED = Track(
    120e-9,
    60e-9,
    2e-9,
    (Notch(30e-9, 7e-9, 7e-9), Notch(80e-9, 12e-9, 10e-9, "v", "upper")),
)


def notched_cells() -> Cells:
    return cells_of(NOTCHED, 5e-9)


def random_moments(cells: Cells, seed: int = 1) -> Floats:
    """Return unit vectors in all directions, 0 without material."""
    m = np.random.default_rng(seed).standard_normal((3, *cells.shape))
    unit: Floats = m / np.linalg.norm(m, axis=0) * (cells.volume > 0)
    return unit


def neuron(damping: float = 0.3, spin_hall_angle: float = 0.2, cell_m: float = 4e-9) -> Film:
    """The neuron paper's track, 512 nm long."""
    material = Material(1.1e6, 2e-11, 1e6, 1e-3, damping)
    torque = SpinOrbitTorque(spin_hall_angle)
    return film_of(Track(512e-9, 64e-9, 2e-9), material, cell_m, torque)
