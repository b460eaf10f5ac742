"""Errors of trace files."""

from ..errors import BenchError


class TraceError(BenchError):
    """A trace cannot be written or read."""
