"""Errors of a bench; each message states what is wrong, where, and what to do."""

from ..errors import DwmtjError


class BenchError(DwmtjError):
    """An instrument, an address or a bench file is not as it should be."""


class ExchangeError(BenchError):
    """An instrument did not answer, or its reply is not one."""


class OpenJunctionError(BenchError):
    """The meter's voltage limit is reached: the junction is open, or a contact is off."""


class ContactError(BenchError):
    """The needles have no contact to a device; nothing was measured on it."""


class LimitError(BenchError):
    """A set point lies outside what the bench file or the instrument allows."""
