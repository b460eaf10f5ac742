"""Errors of drivers, of VISA and of an instrument's error queue as one sentence each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyvisa.errors import Error as VisaError

from .errors import BenchError, LimitError

NO_ERROR = ("0", "+0")
LONGEST_QUEUE = 32  # for an instrument that never returns "no error"
QUOTES = ' "\r\n'


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """Translate what fails in an exchange with the instrument `name` into one sentence about it.

    A VISA failure, or a reply that cannot be parsed, becomes a BenchError. PyMeasure's validators
    raise ValueError for a set point the driver does not allow; that becomes a LimitError. Anything
    else passes unchanged.
    """
    try:
        yield
    except VisaError as error:
        raise BenchError(
            f"{name} does not answer ({first_line(error)}); check its power, cable and address, "
            "then run `dwmtj bench check`."
        ) from error
    except TypeError as error:
        raise BenchError(
            f"{name} returned an unparsable reply ({first_line(error)}); another program may be "
            "talking to it."
        ) from error
    except ValueError as error:
        raise LimitError(f"{name} refuses a set point: {first_line(error)}.") from error


def raise_queued_errors(name: str, ask: Callable[[str], str]) -> None:
    """Empty an instrument's SCPI error queue; raise BenchError if anything was in it."""
    reported: list[str] = []
    with translate_errors(name):
        while len(reported) < LONGEST_QUEUE:
            code, _, text = ask("SYST:ERR?").partition(",")
            if code.strip() in NO_ERROR:
                break
            reported.append(f"{code.strip()} {text.strip(QUOTES)}")
    if reported:
        raise BenchError(f"{name} reports an error: {'; '.join(reported)}.")


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message without its full stop."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
