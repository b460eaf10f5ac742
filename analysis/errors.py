"""Errors of analysis."""

from ..errors import DwmtjError


class AnalysisError(DwmtjError):
    """The points do not hold what the analysis needs."""
