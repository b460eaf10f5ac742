"""Slope of readings against log time under white and 1/f noise whose strengths are not known.

Readings are averaged in blocks that are equally wide in log time. With white noise w and 1/f noise
of one-sided density h/f up to half the rate 1/T, contrasts of block means have the covariance

    C_ij = w δ_ij/n_i − h ⟨Cin(π |t − t'|/T)⟩_ij,    Cin(x) = ∫₀ˣ (1 − cos u)/u du,

⟨⟩ being the mean over the readings of both blocks; 1/f noise has no variance of its own, but its
contrasts do. For each share of h the slope follows from generalised least squares, its law being
Student's; they are weighted by their restricted likelihood and by a prior ∝ share + `AT_LEAST` on
a grid that is logarithmic below 1: few readings tell little of the share, and with all shares of
the grid equally likely most of it would be white noise. Sources: Matheron, Adv. Appl. Prob. 5, 439
(1973); Harville, J. Am. Stat. Assoc. 72, 320 (1977).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import sici, stdtr

from ..arrays import Floats, Ints
from .estimate import Estimate
from .intervals import TAIL, symmetric_interval

BLOCKS = 48
FEWEST_BLOCKS = 6
POINTS = 12  # of a block, for means over pairs of readings
AT_LEAST = 0.1
SHARES = np.r_[0.0, np.geomspace(1e-4, 1.0, 24)[:-1], 1 - np.geomspace(1e-4, 0.1, 6)[::-1], 1.0]


@dataclass(frozen=True, slots=True)
class _Slope:
    """Slope for one share of 1/f noise, its standard error, and its restricted ln L."""

    value: float
    error: float
    likelihood: float


def slope_per_decade(time_s: Floats, values: Floats) -> Estimate:
    """Return the change of values (n,) per decade of the time (n,), all above 0 and rising.

    0 with an unbounded interval where fewer than `FEWEST_BLOCKS` blocks have readings.
    """
    x = np.log10(time_s)
    edges = np.linspace(x[0], x[-1] + 1e-12, BLOCKS + 1)
    starts = np.unique(np.searchsorted(x, edges[:-1]))
    if len(starts) < FEWEST_BLOCKS:
        return Estimate(0.0, -np.inf, np.inf)
    readings = np.diff(np.r_[starts, len(x)])
    x, y = (np.add.reduceat(column, starts) / readings for column in (x, values))
    if np.ptp(y) == 0:
        return symmetric_interval(0.0, 0.0)
    contrast = _contrast(time_s, starts, readings)
    slopes = [
        _slope(x, y, share * contrast + (1 - share) * np.diag(1 / readings)) for share in SHARES
    ]
    return _mixed(slopes, len(readings) - 2)


def _contrast(time_s: Floats, starts: Ints, readings: Ints) -> Floats:
    """Return −⟨Cin⟩ of each pair of blocks, (blocks, blocks), scaled to contrasts of order one."""
    interval = float(np.median(np.diff(time_s)))
    place = ((np.arange(POINTS) + 0.5) / POINTS * readings[:, None]).astype(np.intp)
    chosen = time_s[starts[:, None] + place] / interval
    apart = np.abs(chosen[:, None, :, None] - chosen[None, :, None, :])
    contrast = -_cin(np.pi * apart).mean(axis=(2, 3))
    for block, count in enumerate(readings.tolist()):
        lag = np.arange(1, count)
        own = 2 * ((count - lag) * _cin(np.pi * lag)).sum() / count**2
        contrast[block, block] = -own
    return np.asarray(contrast)


def _cin(x: Floats) -> Floats:
    safe = np.maximum(x, 1e-9)
    return np.where(x > 0, np.euler_gamma + np.log(safe) - sici(safe)[1], 0.0)


def _slope(x: Floats, y: Floats, covariance: Floats) -> _Slope:
    """Fit a straight line to contrasts: the covariance counts up to a constant only."""
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    lifted = covariance - covariance.min() + 1e-12  # positive definite; the offset takes it up
    inverse = np.linalg.inv(lifted)
    information = design.T @ inverse @ design
    line = np.linalg.solve(information, design.T @ inverse @ y)
    residual = y - design @ line
    degrees = len(x) - 2
    square = float(residual @ inverse @ residual) / degrees
    logs = np.linalg.slogdet(lifted)[1] + np.linalg.slogdet(information)[1]
    error = float(np.sqrt(square * np.linalg.inv(information)[1, 1]))
    return _Slope(float(line[1]), error, -(logs + degrees * np.log(square)) / 2)


def _mixed(slopes: list[_Slope], degrees: int) -> Estimate:
    """Return mean and ends of the mixture of the slopes' Student laws."""
    weight = np.array([one.likelihood for one in slopes]) + np.log(SHARES + AT_LEAST)
    weight = np.exp(weight - weight.max())
    weight = weight / weight.sum()
    value, error = (np.array([getattr(one, name) for one in slopes]) for name in ("value", "error"))

    def below(slope: float) -> float:
        return float(weight @ stdtr(degrees, (slope - value) / error))

    far = 1e3 * float(error.max())
    low, high = (
        float(brentq(lambda s, p=p: below(s) - p, value.min() - far, value.max() + far))
        for p in (TAIL, 1 - TAIL)
    )
    return Estimate(float(weight @ value), low, high)
