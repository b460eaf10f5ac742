"""The error of sequences."""

from ...errors import DwmtjError


class SequenceError(DwmtjError):
    """A sequence that cannot be read, or that the bench cannot carry out."""
