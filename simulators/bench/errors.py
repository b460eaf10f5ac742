"""Errors of a virtual bench: labs that cannot be used, entries of an instrument's error queue."""

from ...errors import DwmtjError

_LONGEST_DETAIL = 80


class LabError(DwmtjError):
    """A lab, its file or its server cannot be used; the message states where and what to do."""


class ScpiError(DwmtjError):
    """An entry for an instrument's error queue: a SCPI code, its text and an optional detail."""

    def __init__(self, code: int, text: str, detail: str = "") -> None:
        super().__init__(code, text, detail)
        self.code = code
        self.text = f"{text};{detail[:_LONGEST_DETAIL]}" if detail else text

    @property
    def is_command_error(self) -> bool:
        """True for errors of the -1xx class, after which the rest of a message is dropped."""
        return -200 < self.code <= -100
