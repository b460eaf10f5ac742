"""Spin-orbit torque as a field, H = (ħ J/(2 e μ0 M_S t)) [η(m·p) m × p + θ_FL p].

dm/dt = -γ0 m × H + … makes of it the torque γ0 H m × p × m of Slonczewski's form; `SpinOrbitTorque`
states η and how its parameters are called elsewhere. (Martinez et al., J. Appl. Phys. 115, 213909
(2014).) Valid where the spin current is absorbed at the interface and the film is thin against the
exchange length; J is the current density in the heavy metal below each cell.
"""

from ..material import Material, SpinOrbitTorque, torque_field_per_current_m
from .arrays import Array, namespace_of


def spin_orbit_field_A_per_m(
    m: Array,
    current_density_A_per_m2: Array,
    material: Material,
    torque: SpinOrbitTorque,
    thickness_m: float,
) -> Array:
    """Return the field of the torque; the current density has one value a column, shape (nx,)."""
    x, y, z = m
    px, py, pz = torque.polarization
    squared = torque.asymmetry**2
    projection = px * x + py * y + pz * z
    efficiency = 2 * torque.spin_hall_angle * squared / (squared + 1 + (squared - 1) * projection)
    field_like = torque.field_like_angle
    field = namespace_of(m).stack(
        [
            efficiency * (y * pz - z * py) + field_like * px,
            efficiency * (z * px - x * pz) + field_like * py,
            efficiency * (x * py - y * px) + field_like * pz,
        ]
    )
    scale = torque_field_per_current_m(material, thickness_m) * current_density_A_per_m2
    return scale[:, None] * field
