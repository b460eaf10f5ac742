"""The standard deviation of a level from visit to visit, and its interval.

A visit is a stretch of readings after pulses that stay in one level. With visit means m_v of n_v
readings, the pooled variance s² within visits and h = mean(1/n_v), the variance from visit to
visit is

    σ² = S² − h s²,   S² = var(m_v),   not below 0,

one-way analysis of variance with random effects and unweighted means (Searle, Casella & McCulloch,
Variance Components, 1992). Its interval is the modified large-sample one (Graybill & Wang, J. Am.
Stat. Assoc. 75, 869 (1980); Burdick & Graybill, Confidence Intervals on Variance Components, 1992,
for the difference), which reaches from 0 where visits differ by no more than their readings. Where
they differ by less than that, by chance, its upper end is that of visits which differ as much as
their readings make them (a power-constrained limit: Cowan et al., arXiv 1105.3166): no measurement
shows that visits do not differ. Readings within a visit are taken to be independent; where the wall
creeps they are not, and s² is then too large rather than too small.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from ...arrays import Floats
from ..state_model.model import Quantity

TAIL = 0.025
Visits = Sequence[Floats]


def within_variance(devices: Sequence[Visits]) -> tuple[float, int]:
    """Return the pooled variance of readings within a visit, and its degrees of freedom."""
    freedom = sum(len(visit) - 1 for visits in devices for visit in visits)
    if freedom == 0:
        return 0.0, 0
    squares = sum(
        float(((visit - visit.mean()) ** 2).sum()) for visits in devices for visit in visits
    )
    return squares / freedom, freedom


def visit_std(devices: Sequence[Visits]) -> Quantity | None:
    """Return the standard deviation from visit to visit, pooled over devices.

    `devices` has the visits of one level for each, and a visit its readings. None if no device
    visited the level twice.
    """
    several = [visits for visits in devices if len(visits) > 1]
    between_freedom = sum(len(visits) - 1 for visits in several)
    if between_freedom == 0:
        return None
    means = [np.array([visit.mean() for visit in visits]) for visits in several]
    between = sum(float(((mean - mean.mean()) ** 2).sum()) for mean in means) / between_freedom
    within, within_freedom = within_variance(several)
    shares = [1 / len(visit) for visits in several for visit in visits]
    averaged = within * float(np.mean(shares))
    low, high = _difference_ci(between, between_freedom, averaged, within_freedom)
    _, least = _difference_ci(averaged, between_freedom, averaged, within_freedom)
    high = max(high, least)
    value = max(between - averaged, 0.0)
    return Quantity(float(np.sqrt(value)), float(np.sqrt(low)), float(np.sqrt(high)))


def _difference_ci(
    first: float, first_freedom: int, second: float, second_freedom: int
) -> tuple[float, float]:
    """Return the ends of the interval of E[first] − E[second], two scaled χ² variables, cut at 0.

    Without a degree of freedom the second is unknown, and may be all of the first.
    """
    upper, lower = (stats.chi2.ppf(q, first_freedom) / first_freedom for q in (1 - TAIL, TAIL))
    if second_freedom == 0:
        return 0.0, float(first / lower)
    second_upper, second_lower = (
        stats.chi2.ppf(q, second_freedom) / second_freedom for q in (1 - TAIL, TAIL)
    )
    g1, h1, g2, h2 = 1 - 1 / upper, 1 / lower - 1, 1 - 1 / second_upper, 1 / second_lower - 1
    f_high, f_low = (stats.f.ppf(q, first_freedom, second_freedom) for q in (1 - TAIL, TAIL))
    g12 = ((f_high - 1) ** 2 - g1**2 * f_high**2 - h2**2) / f_high
    h12 = ((1 - f_low) ** 2 - h1**2 * f_low**2 - g2**2) / f_low
    down = g1**2 * first**2 + h2**2 * second**2 + g12 * first * second
    up = h1**2 * first**2 + g2**2 * second**2 + h12 * first * second
    difference = first - second
    low, high = difference - np.sqrt(max(down, 0.0)), difference + np.sqrt(max(up, 0.0))
    return float(max(low, 0.0)), float(max(high, 0.0))
