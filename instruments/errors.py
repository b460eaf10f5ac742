"""What can go wrong on a bench, in words a physicist can act on."""

from ..errors import DwmtjError


class BenchError(DwmtjError):
    """An instrument, an address or a bench file is not as it should be."""


class OpenJunctionError(BenchError):
    """The meter's voltage limit is reached: the junction is open, or a contact is off."""


class LimitError(BenchError):
    """A set point lies outside what the bench file or the instrument allows."""
