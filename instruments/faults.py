"""Turns what drivers and VISA raise into one sentence about the instrument that raised it."""

from collections.abc import Callable
from types import TracebackType

from pyvisa.errors import Error as VisaError

from .errors import BenchError, LimitError

NO_ERROR = ("0", "+0")
LONGEST_QUEUE = 32  # an instrument that never says "no error" must not be asked for ever
QUOTES = ' "\r\n'


class Speaking:
    """Context in which `name` is spoken to: a VISA failure becomes a BenchError that names it.

    PyMeasure's validators raise ValueError for a set point the driver does not allow; that becomes
    a LimitError. A reply that is no number becomes a BenchError. Anything else passes unchanged.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, VisaError):
            raise BenchError(
                f"{self.name} does not answer ({_first_line(error)}); check its power, cable and "
                "address, then run `dwmtj bench check`."
            ) from error
        if isinstance(error, TypeError):
            raise BenchError(
                f"{self.name} gave a reply that makes no sense ({_first_line(error)}); another "
                "program may be talking to it."
            ) from error
        if isinstance(error, ValueError):
            raise LimitError(f"{self.name} refuses a set point: {_first_line(error)}.") from error


def raise_queued_errors(name: str, ask: Callable[[str], str]) -> None:
    """Empty an instrument's SCPI error queue; raise BenchError if anything was in it."""
    told: list[str] = []
    with Speaking(name):
        while len(told) < LONGEST_QUEUE:
            code, _, text = ask("SYST:ERR?").partition(",")
            if code.strip() in NO_ERROR:
                break
            told.append(f"{code.strip()} {text.strip(QUOTES)}")
    if told:
        raise BenchError(f"{name} reports an error: {'; '.join(told)}.")


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
