"""The rate of change of m in a field (Landau, Lifshitz, Gilbert).

(1 + α²) dm/dt = -γ0 m × H - α γ0 m × (m × H)
"""

from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from .arrays import Array, namespace_of


def rate_per_s(m: Array, field_A_per_m: Array, damping: float) -> Array:
    """Return dm/dt, shape (3, nx, ny)."""
    precession = _cross(m, field_A_per_m)
    scale = -GYROMAGNETIC_RATIO_m_per_A_s / (1 + damping**2)
    return scale * (precession + damping * _cross(m, precession))


def _cross(a: Array, b: Array) -> Array:
    return namespace_of(a).stack(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    )
