"""What can be wrong with what a protocol was asked to do."""


class ProtocolError(Exception):
    """A protocol or one of its parameters is not as it should be."""
