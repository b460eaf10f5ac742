"""All local terms and the rate of change of m in one compiled pass.

(1 + α²) dm/dt = -γ0 m × H - α γ0 m × (m × H)

(Landau, Lifshitz, Gilbert). H is the sum of exchange, DMI, anisotropy and spin-orbit field computed
here and of a field given per cell, the stray field first of all. Only columns `first` to `last` - 1
are computed; the columns beside them are their neighbours all the same.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....compiled import compiled
from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from ..geometry.cells import Cells
from ..material import Material, SpinOrbitTorque, torque_field_per_current_m
from ..precision import Precision
from .anisotropy import anisotropy_factor_A_per_m
from .dmi import dmi_factor_A_per_m
from .exchange import exchange_factor_A_per_m
from .neighbours import inverse_volume

Reals = npt.NDArray[np.floating]


class Factors(NamedTuple):
    """The numbers of the local terms, in the precision of the fields."""

    exchange: Any
    dmi: Any
    anisotropy: Any
    film: Any
    """Part of M_S by which each cell demagnetises itself here and not in the given field."""
    gyromagnetic: Any
    torque_field_per_current: Any
    efficiency: Any
    efficiency_even: Any
    efficiency_odd: Any
    field_like: Any
    px: Any
    py: Any
    pz: Any


class Columns(NamedTuple):
    """What the local terms know of the cells; the last two have one value a column."""

    inverse_volume: Reals
    face_x: Reals
    face_y: Reals
    relative_current: Reals
    damping: Reals


def factors_of(
    cells: Cells,
    material: Material,
    torque: SpinOrbitTorque | None,
    film_A_per_m: float,
    dtype: Precision,
) -> Factors:
    """Return the numbers of the local terms."""
    torque = torque or SpinOrbitTorque(0.0)
    squared = torque.asymmetry**2
    numbers = (
        exchange_factor_A_per_m(material, cells.cell_m),
        dmi_factor_A_per_m(material, cells.cell_m),
        anisotropy_factor_A_per_m(material),
        film_A_per_m,
        GYROMAGNETIC_RATIO_m_per_A_s,
        torque_field_per_current_m(material, cells.thickness_m),
        2 * torque.spin_hall_angle * squared,
        squared + 1,
        squared - 1,
        torque.field_like_angle,
        *torque.polarization,
    )
    kind = dtype.type
    return Factors(*(kind(number) for number in numbers))


def columns_of(
    cells: Cells, material: Material, relative_current: Reals, dtype: Precision
) -> Columns:
    """Return the arrays of the local terms."""
    damping = np.full(cells.shape[0], material.damping)
    arrays = (
        inverse_volume(cells),
        cells.face_x,
        cells.face_y,
        relative_current,
        damping,
    )
    return Columns(*(np.ascontiguousarray(array, dtype=dtype) for array in arrays))


@compiled
def fill_rate(
    m: Any,
    given: Any,
    slope: Any,
    lag_s: Any,
    current: Any,
    first: int,
    last: int,
    columns: Columns,
    factors: Factors,
    rate: Any,
) -> None:
    """Compute dm/dt in 1/s for the field `given` + `lag_s` · `slope` and J0 = `current` A/m²."""
    ny = m.shape[2]
    end_x = m.shape[1] - 1
    one = factors.gyromagnetic / factors.gyromagnetic
    for i in range(first, last):
        alpha = columns.damping[i]
        scale = -factors.gyromagnetic / (one + alpha * alpha)
        torque = factors.torque_field_per_current * current * columns.relative_current[i]
        il, ir = max(i - 1, 0), min(i + 1, end_x)
        for j in range(ny):
            jl, jr = max(j - 1, 0), min(j + 1, ny - 1)
            left, right = columns.face_x[i, j], columns.face_x[i + 1, j]
            below, above = columns.face_y[i, j], columns.face_y[i, j + 1]
            x, y, z = m[0, i, j], m[1, i, j], m[2, i, j]
            share = left + right + below + above
            ex = factors.exchange * columns.inverse_volume[i, j]
            dm = factors.dmi * columns.inverse_volume[i, j]
            hx = given[0, i, j] + lag_s * slope[0, i, j]
            hy = given[1, i, j] + lag_s * slope[1, i, j]
            hz = given[2, i, j] + lag_s * slope[2, i, j]
            hx += ex * (
                left * m[0, il, j] + right * m[0, ir, j]
                + below * m[0, i, jl] + above * m[0, i, jr] - share * x
            )  # fmt: skip
            hy += ex * (
                left * m[1, il, j] + right * m[1, ir, j]
                + below * m[1, i, jl] + above * m[1, i, jr] - share * y
            )  # fmt: skip
            hz += ex * (
                left * m[2, il, j] + right * m[2, ir, j]
                + below * m[2, i, jl] + above * m[2, i, jr] - share * z
            )  # fmt: skip
            hx += dm * (right * m[2, ir, j] - left * m[2, il, j])
            hy += dm * (above * m[2, i, jr] - below * m[2, i, jl])
            hz -= dm * (
                right * m[0, ir, j] - left * m[0, il, j]
                + above * m[1, i, jr] - below * m[1, i, jl]
            )  # fmt: skip
            hz += (factors.anisotropy - factors.film) * z
            projection = x * factors.px + y * factors.py + z * factors.pz
            slonczewski = torque * factors.efficiency / (
                factors.efficiency_even + factors.efficiency_odd * projection
            )  # fmt: skip
            field_like = torque * factors.field_like
            hx += slonczewski * (y * factors.pz - z * factors.py) + field_like * factors.px
            hy += slonczewski * (z * factors.px - x * factors.pz) + field_like * factors.py
            hz += slonczewski * (x * factors.py - y * factors.px) + field_like * factors.pz
            cx, cy, cz = y * hz - z * hy, z * hx - x * hz, x * hy - y * hx
            rate[0, i, j] = scale * (cx + alpha * (y * cz - z * cy))
            rate[1, i, j] = scale * (cy + alpha * (z * cx - x * cz))
            rate[2, i, j] = scale * (cz + alpha * (x * cy - y * cx))
