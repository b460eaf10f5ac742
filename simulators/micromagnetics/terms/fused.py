"""All local terms and the rate of change of m in one compiled pass.

(1 + α²) dm/dt = -γ0 m × H - α γ0 m × (m × H)

(Landau, Lifshitz, Gilbert). H is the sum of exchange, DMI, anisotropy and spin-orbit field computed
here and of a field given per cell, the stray field first of all. Only columns `first` to `last` - 1
are computed; the columns beside them are their neighbours all the same.

Cells are counted through columns, (i, j) being c = i ny + j, so that one loop without branches runs
over them as vector code: the neighbours across an edge, of which the face is 0, are any cells.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ....compiled import compiled_fused, inlined
from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from ..geometry.cells import Cells
from ..material import Material, SpinOrbitTorque, torque_field_per_current_m
from ..precision import Precision
from ..vector_code import look_up, store, use_widest_vectors
from .anisotropy import anisotropy_factor_A_per_m
from .dmi import dmi_factor_A_per_m
from .exchange import exchange_factor_A_per_m
from .neighbours import inverse_volume

Reals = npt.NDArray[np.floating]
_ONE = np.uint64(1)


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
    """What the local terms know of each cell, shape (nx, ny); face_x has (nx + 1, ny)."""

    inverse_volume: Reals
    face_x: Reals
    below: Reals
    """Face towards (i, j - 1)."""
    above: Reals
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
    arrays = (
        inverse_volume(cells),
        cells.face_x,
        cells.face_y[:, :-1],
        cells.face_y[:, 1:],
        np.broadcast_to(relative_current[:, None], cells.shape),
        np.full(cells.shape, material.damping),
    )
    return Columns(*(np.array(array, dtype=dtype, order="C") for array in arrays))


@compiled_fused
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
    """Compute dm/dt in 1/s for the field `given` + `lag_s` · `slope` and J0 = `current` A/m².

    All arrays are contiguous.
    """
    use_widest_vectors()
    nx, ny = m.shape[1], m.shape[2]
    up, n = np.uint64(ny), np.uint64(nx * ny)
    for c in range(np.uint64(max(first, 1) * ny), np.uint64(min(last, nx - 1) * ny)):
        _fill_cell(
            c, (c - up, c + up, c - _ONE, c + _ONE), (up, n), m, (given, slope, lag_s), current,
            columns, factors, rate,
        )  # fmt: skip
    for i in range(first, last):
        if i == 0 or i == nx - 1:  # its neighbours must not be looked up beyond the arrays
            for j in range(ny):
                left, right = max(i - 1, 0) * ny + j, min(i + 1, nx - 1) * ny + j
                below, above = i * ny + max(j - 1, 0), i * ny + min(j + 1, ny - 1)
                neighbours = np.uint64(left), np.uint64(right), np.uint64(below), np.uint64(above)
                _fill_cell(
                    np.uint64(i * ny + j), neighbours, (up, n), m, (given, slope, lag_s), current,
                    columns, factors, rate,
                )  # fmt: skip


@inlined
def _fill_cell(
    c: Any, neighbours: Any, steps: Any, m: Any, field: Any, current: Any, columns: Any,
    factors: Any, rate: Any,
) -> None:  # fmt: skip
    """Compute dm/dt of cell c; `steps` are those to the next column and to the next component."""
    left, right, below, above = neighbours
    given, slope, lag_s = field
    up, n = steps
    cy, cz = c + n, c + n + n
    to_left, to_right = look_up(columns.face_x, c), look_up(columns.face_x, c + up)
    to_below, to_above = look_up(columns.below, c), look_up(columns.above, c)
    share = to_left + to_right + to_below + to_above
    x, y, z = look_up(m, c), look_up(m, cy), look_up(m, cz)
    x_left, x_right = to_left * look_up(m, left), to_right * look_up(m, right)
    y_below, y_above = to_below * look_up(m, below + n), to_above * look_up(m, above + n)
    z_left, z_right = to_left * look_up(m, left + n + n), to_right * look_up(m, right + n + n)
    z_below, z_above = to_below * look_up(m, below + n + n), to_above * look_up(m, above + n + n)
    x_sum = x_left + x_right + to_below * look_up(m, below) + to_above * look_up(m, above)
    y_sum = to_left * look_up(m, left + n) + to_right * look_up(m, right + n) + y_below + y_above
    inverse = look_up(columns.inverse_volume, c)
    ex, dm = factors.exchange * inverse, factors.dmi * inverse
    hx = look_up(given, c) + lag_s * look_up(slope, c)
    hy = look_up(given, cy) + lag_s * look_up(slope, cy)
    hz = look_up(given, cz) + lag_s * look_up(slope, cz)
    hx += ex * (x_sum - share * x) + dm * (z_right - z_left)
    hy += ex * (y_sum - share * y) + dm * (z_above - z_below)
    hz += ex * (z_left + z_right + z_below + z_above - share * z)
    hz += (factors.anisotropy - factors.film) * z - dm * (x_right - x_left + y_above - y_below)
    torque = factors.torque_field_per_current * current * look_up(columns.relative_current, c)
    projection = x * factors.px + y * factors.py + z * factors.pz
    slonczewski = torque * factors.efficiency / (
        factors.efficiency_even + factors.efficiency_odd * projection
    )  # fmt: skip
    field_like = torque * factors.field_like
    hx += slonczewski * (y * factors.pz - z * factors.py) + field_like * factors.px
    hy += slonczewski * (z * factors.px - x * factors.pz) + field_like * factors.py
    hz += slonczewski * (x * factors.py - y * factors.px) + field_like * factors.pz
    alpha = look_up(columns.damping, c)
    one = factors.gyromagnetic / factors.gyromagnetic
    scale = -factors.gyromagnetic / (one + alpha * alpha)
    tx, ty, tz = y * hz - z * hy, z * hx - x * hz, x * hy - y * hx
    store(rate, c, scale * (tx + alpha * (y * tz - z * ty)))
    store(rate, cy, scale * (ty + alpha * (z * tx - x * tz)))
    store(rate, cz, scale * (tz + alpha * (x * ty - y * tx)))
