"""The one exception family of the micromagnetic solver."""

from ...errors import DwmtjError


class MicromagneticsError(DwmtjError, ValueError):
    """A track, a wall or a drive that cannot be simulated; the message states why."""
