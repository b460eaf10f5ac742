"""The one exception family of the networks."""

from ...errors import DwmtjError


class NetworkError(DwmtjError):
    """A network, data set, table or checkpoint that cannot be used; the message says why."""
