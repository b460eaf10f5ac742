"""The errors of the station's room."""

from ..errors import DwmtjError


class StationError(DwmtjError):
    """The station refused a command, or cannot be started or reached."""
