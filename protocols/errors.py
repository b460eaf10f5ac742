"""What can be wrong with what a protocol was asked to do."""

from ..errors import DwmtjError


class ProtocolError(DwmtjError):
    """A protocol or one of its parameters is not as it should be."""
