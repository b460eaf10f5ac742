"""The base of every error that the project raises on purpose."""


class DwmtjError(Exception):
    """What was asked for cannot be done; the message says what is wrong, where, and what to do."""
