"""The errors of a protocol or a parameter that cannot be used, and of a run that must not go on."""

from ..errors import DwmtjError


class ProtocolError(DwmtjError):
    """An unknown protocol, an invalid parameter, or a run that cannot be resumed."""


class StopConditionError(ProtocolError):
    """A reading that stops a run: the junction is destroyed, or a condition of the user is met."""
