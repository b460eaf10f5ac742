"""What can go wrong on a bench, in words a physicist can act on."""


class BenchError(Exception):
    """An instrument, an address or a bench file is not as it should be."""


class LimitError(BenchError):
    """A set point lies outside what the bench file or the instrument allows."""
