"""Checks of results against what a junction can be, for every analysis.

A resistance, its spread, a switching voltage and a ratio of widths are above zero. An interval that
reaches below is cut off there; a value that does is no result but a failed method, and said to be.
"""

from itertools import pairwise
from math import isfinite

from .errors import AnalysisError
from .estimate import Estimate


def cut_at_zero(estimate: Estimate) -> Estimate:
    """Return an estimate of what cannot be negative, its interval cut off at zero."""
    if estimate.low >= 0:
        return estimate
    return Estimate(estimate.value, 0.0, max(estimate.high, 0.0))


def require_positive(estimate: Estimate, what: str, remedy: str) -> Estimate:
    """Return an estimate of what must be above zero, its interval cut off there.

    Raises AnalysisError, with the remedy, for a value that is not, or that is no number.
    """
    if not (isfinite(estimate.value) and estimate.value > 0):
        raise AnalysisError(
            f"{what} comes out as {estimate.value:.3g}, which is impossible: the data do not "
            f"determine it; {remedy}."
        )
    return cut_at_zero(estimate)


def require_falling(means_ohm: list[float]) -> None:
    """Raise AnalysisError unless the levels' resistances (ohm) fall from each to the next."""
    if any(not above > below > 0 for above, below in pairwise(means_ohm)):
        shown = ", ".join(f"{mean:.4g}" for mean in means_ohm)
        raise AnalysisError(
            f"The levels overlap ({shown} Ω) and cannot be told apart; give their number or "
            "positions, or measure more cycles."
        )
