"""The error of a protocol or a parameter that cannot be used."""

from ..errors import DwmtjError


class ProtocolError(DwmtjError):
    """An unknown protocol, an invalid parameter, or a run that cannot be resumed."""
