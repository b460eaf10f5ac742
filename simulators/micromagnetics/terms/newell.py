"""The demagnetising tensor between two equal cuboids (Newell, Williams and Dunlop, 1993).

N_xx and N_xy are the sixth differences of

    f = y/2 (z² - x²) asinh(y/√(x² + z²)) + z/2 (y² - x²) asinh(z/√(x² + y²))
        - x y z atan(y z/(x R)) + (2 x² - y² - z²) R/6,
    g = x y z asinh(z/√(x² + y²)) + y/6 (3 z² - y²) asinh(x/√(y² + z²))
        + x/6 (3 z² - x²) asinh(y/√(x² + z²)) - z³/6 atan(x y/(z R))
        - z y²/2 atan(x z/(y R)) - z x²/2 atan(y z/(x R)) - x y R/3.

Beyond `DIPOLE_CELLS` cells the differences lose their digits to rounding, and the tensor is that of
point dipoles, whose error is below 1e-3 of a tensor that is below 3e-6 there.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DIPOLE_CELLS = 40


def demag_tensor(
    nx: int, ny: int, cell_m: float, thickness_m: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return N_xx, N_yy, N_zz, N_xy for offsets of 0 … nx - 1 and 0 … ny - 1 cells.

    N_xx + N_yy + N_zz is 1 for no offset and 0 elsewhere; N_xz and N_yz vanish within a layer.
    """
    size = (1.0, 1.0, thickness_m / cell_m)
    near = min(nx, DIPOLE_CELLS), min(ny, DIPOLE_CELLS)
    x, y = np.arange(nx, dtype=np.float64)[:, None], np.arange(ny, dtype=np.float64)[None]
    tensor = _dipole(x, y, size[2])
    within = np.hypot(x, y)[: near[0], : near[1]] < DIPOLE_CELLS
    exact = (
        _differences(lambda x, y, z: _f(x, y, z), near, size),
        _differences(lambda x, y, z: _f(y, x, z), near, size),
        _differences(lambda x, y, z: _f(z, y, x), near, size),
        _differences(lambda x, y, z: _g(x, y, z), near, size),
    )
    for far, newell in zip(tensor, exact, strict=True):
        block = far[: near[0], : near[1]]
        block[within] = newell[within]
    return tensor


def _dipole(x: Floats, y: Floats, thickness: float) -> tuple[Floats, Floats, Floats, Floats]:
    r2 = x * x + y * y
    r2[0, 0] = 1.0  # replaced by the near field
    scale = thickness / (4 * np.pi * r2**1.5)
    xx, yy = scale * (1 - 3 * x * x / r2), scale * (1 - 3 * y * y / r2)
    return xx, yy, scale, -3 * scale * x * y / r2


def _differences(
    function: Callable[[Floats, Floats, Floats], Floats],
    near: tuple[int, int],
    size: tuple[float, float, float],
) -> Floats:
    dx, dy, dz = size
    x = (np.arange(-1, near[0] + 1, dtype=np.float64) * dx)[:, None, None]
    y = (np.arange(-1, near[1] + 1, dtype=np.float64) * dy)[None, :, None]
    z = (np.arange(-1, 2, dtype=np.float64) * dz)[None, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        values: Floats = function(x, y, z)
    for axis in range(3):
        values = -np.diff(values, n=2, axis=axis)
    return values[:, :, 0] / (4 * np.pi * dx * dy * dz)


def _asinh(a: Floats, b2: Floats) -> Floats:
    """Return asinh(a/√b2), 0 where b2 is 0: there its factor vanishes."""
    return np.where(b2 > 0, np.arcsinh(a / np.sqrt(b2)), 0.0)


def _atan(a: Floats, b: Floats) -> Floats:
    """Return atan(a/b), 0 where b is 0: there its factor vanishes."""
    return np.where(b != 0, np.arctan(a / b), 0.0)


def _f(x: Floats, y: Floats, z: Floats) -> Floats:
    x2, y2, z2 = x * x, y * y, z * z
    r = np.sqrt(x2 + y2 + z2)
    value: Floats = (
        y / 2 * (z2 - x2) * _asinh(y, x2 + z2)
        + z / 2 * (y2 - x2) * _asinh(z, x2 + y2)
        - x * y * z * _atan(y * z, x * r)
        + (2 * x2 - y2 - z2) * r / 6
    )
    return value


def _g(x: Floats, y: Floats, z: Floats) -> Floats:
    x2, y2, z2 = x * x, y * y, z * z
    r = np.sqrt(x2 + y2 + z2)
    value: Floats = (
        x * y * z * _asinh(z, x2 + y2)
        + y / 6 * (3 * z2 - y2) * _asinh(x, y2 + z2)
        + x / 6 * (3 * z2 - x2) * _asinh(y, x2 + z2)
        - z2 * z / 6 * _atan(x * y, z * r)
        - z * y2 / 2 * _atan(x * z, y * r)
        - z * x2 / 2 * _atan(y * z, x * r)
        - x * y * r / 3
    )
    return value
