"""Spin-orbit torque as a field, H = (ħ J/(2 e μ0 M_S t)) [η(m·p) m × p + θ_FL p].

dm/dt = -γ0 m × H + … makes of it the torque γ0 H m × p × m of Slonczewski's form; `SpinOrbitTorque`
states η and how its parameters are called elsewhere. (Martinez et al., J. Appl. Phys. 115, 213909
(2014).) Valid where the spin current is absorbed at the interface and the film is thin against the
exchange length; J is the current density in the heavy metal below each cell.
"""

import numpy as np
import numpy.typing as npt

from ..material import Material, SpinOrbitTorque, torque_field_per_current_m

Floats = npt.NDArray[np.float64]


def spin_orbit_field_A_per_m(
    m: Floats,
    current_density_A_per_m2: Floats,
    material: Material,
    torque: SpinOrbitTorque,
    thickness_m: float,
) -> Floats:
    """Return the field of the torque; the current density has one value a column, shape (nx,)."""
    p = np.array(torque.polarization)
    squared = torque.asymmetry**2
    projection = np.tensordot(p, m, axes=1)
    efficiency = 2 * torque.spin_hall_angle * squared / (squared + 1 + (squared - 1) * projection)
    damping_like = efficiency * np.cross(m, p[:, None, None], axis=0)
    field_like = torque.field_like_angle * p[:, None, None]
    scale = torque_field_per_current_m(material, thickness_m) * current_density_A_per_m2
    return scale[:, None] * (damping_like + field_like)
