"""Failed exchanges with an instrument, and its own error messages, as one sentence each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyvisa.errors import Error as VisaError

from .errors import BenchError, ExchangeError, LimitError

NO_ERROR = ("0", "+0")
LONGEST_QUEUE = 32  # for an instrument that never returns "no error"
LONGEST_REPLY, LONGEST_ERROR = 60, 300  # characters that are shown
QUOTES = ' "\r\n'


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """Translate what fails in an exchange with the instrument `name` into one sentence about it.

    A VISA failure, a lost connection, or a reply that cannot be parsed, becomes an ExchangeError.
    PyMeasure's validators raise ValueError for a set point the driver does not allow; that becomes
    a LimitError. Anything else passes unchanged.
    """
    try:
        yield
    except (VisaError, OSError) as error:  # PyVISA-py lets a socket's errors pass
        raise ExchangeError(
            f"{name} does not answer ({first_line(error)}); check its power, cable and address, "
            "then run `dwmtj bench check`."
        ) from error
    except (TypeError, UnicodeDecodeError) as error:
        raise ExchangeError(
            f"{name} returned an unparsable reply ({first_line(error)}); another program may be "
            "talking to it."
        ) from error
    except ValueError as error:
        raise LimitError(f"{name} refuses a set point: {first_line(error)}.") from error


def no_error(reply: str) -> bool:
    """Return True if a reply to SYST:ERR? says that there is none."""
    return reply.partition(",")[0].strip() in NO_ERROR


def error_text(reply: str) -> str:
    """Return number and text of an error from a reply to SYST:ERR?."""
    code, _, text = reply.partition(",")
    return shown(f"{code.strip()} {text.strip(QUOTES)}", LONGEST_ERROR)


def raise_queued_errors(name: str, ask: Callable[[str], str]) -> None:
    """Empty an instrument's SCPI error queue; raise BenchError if anything was in it."""
    reported: list[str] = []
    with translate_errors(name):
        while len(reported) < LONGEST_QUEUE:
            reply = ask("SYST:ERR?")
            if no_error(reply):
                break
            reported.append(error_text(reply))
    if reported:
        raise BenchError(f"{name} reports an error: {'; '.join(reported)}.")


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message without its full stop."""
    return str(error).strip().splitlines()[0].rstrip(".:") if str(error).strip() else repr(error)


def shown(reply: str, longest: int = LONGEST_REPLY) -> str:
    """Return a reply as it can be shown in a sentence: short, and without control characters."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in reply.strip())
    return f"{text[:longest]} …" if len(text) > longest else text or "nothing"
