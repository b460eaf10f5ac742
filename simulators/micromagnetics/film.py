"""What is simulated: the cells of a track, their material, torque and external field."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .constants import MU0_T_m_per_A
from .geometry.cells import Cells, MaskRule, cells_of, check_cell
from .geometry.track import Track
from .material import Material, SpinOrbitTorque
from .precision import DOUBLE, Precision
from .terms.anisotropy import anisotropy_field_A_per_m
from .terms.current import CurrentProfile, relative_current_density
from .terms.demagnetisation import Demagnetisation
from .terms.dmi import dmi_field_A_per_m
from .terms.exchange import exchange_field_A_per_m
from .terms.zeeman import field_from_flux_density_A_per_m

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Film:
    """A film on its grid; current densities belong to the width `width_m`."""

    cells: Cells
    material: Material
    width_m: float
    torque: SpinOrbitTorque | None = None
    flux_density_T: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """A uniform external field."""
    current_profile: CurrentProfile = "inverse-width"
    has_stray_field: bool = True
    """False leaves demagnetisation out, for problems that are stated without it."""

    @property
    def length_m(self) -> float:
        """The length of the grid along x."""
        return self.cells.shape[0] * self.cells.cell_m

    @property
    def relative_current(self) -> Floats:
        """J(x)/J0 in each column, shape (nx,)."""
        return relative_current_density(self.cells, self.width_m, self.current_profile)

    @property
    def external_field_A_per_m(self) -> Floats:
        """The external field in every cell, shape (3, nx, ny)."""
        return field_from_flux_density_A_per_m(self.flux_density_T, self.cells.shape)


def film_of(
    track: Track,
    material: Material,
    cell_m: float,
    torque: SpinOrbitTorque | None = None,
    flux_density_T: tuple[float, float, float] = (0.0, 0.0, 0.0),
    rule: MaskRule = "area",
    current_profile: CurrentProfile = "inverse-width",
) -> Film:
    """Return the film of a track.

    Raises MicromagneticsError for cells that do not divide the track or are too large for a wall.
    """
    cells = cells_of(track, cell_m, rule)
    check_cell(cell_m, material)
    return Film(cells, material, track.width_m, torque, flux_density_T, current_profile)


def demagnetisation_of(film: Film, dtype: Precision = DOUBLE) -> Demagnetisation:
    """Return the demagnetisation of the whole film."""
    ms = film.material.saturation_magnetization_A_per_m
    cells = film.cells
    return Demagnetisation(cells.shape, cells.cell_m, cells.thickness_m, ms, dtype)


def energies_J(
    m: npt.NDArray[np.floating], film: Film, demagnetisation: Demagnetisation
) -> dict[str, float]:
    """Return the energy of each term; the torque of a current has none."""
    cells, material = film.cells, film.material
    unit: Floats = np.asarray(m, dtype=np.float64)
    moment = cells.volume * unit
    scale = (
        -MU0_T_m_per_A
        * material.saturation_magnetization_A_per_m
        * cells.cell_m**2
        * cells.thickness_m
    )
    halves: dict[str, npt.NDArray[np.floating]] = {
        "exchange": exchange_field_A_per_m(unit, cells, material),
        "DMI": dmi_field_A_per_m(unit, cells, material),
        "anisotropy": anisotropy_field_A_per_m(unit, material),
    }
    if film.has_stray_field:
        halves["demagnetisation"] = demagnetisation.field_A_per_m(moment)
    energies = {name: scale / 2 * float(np.sum(moment * h)) for name, h in halves.items()}
    energies["Zeeman"] = scale * float(np.sum(moment * film.external_field_A_per_m))
    return energies
