"""The one exception family of the networks."""


class NetworkError(Exception):
    """A network, data set, table or checkpoint that cannot be used; the message says why."""
