"""What can keep a number from being determined."""


class AnalysisError(Exception):
    """The points do not hold what the analysis needs."""
