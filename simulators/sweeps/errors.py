"""The one exception family of the sweeps."""

from ...errors import DwmtjError


class SweepError(DwmtjError):
    """A task, executor or checkpoint that cannot be used; the message says why."""
