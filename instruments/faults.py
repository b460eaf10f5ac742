"""Turns what drivers and VISA raise into one sentence about the instrument that raised it."""

from types import TracebackType

from pyvisa.errors import Error as VisaError

from instruments.errors import BenchError, LimitError


class Speaking:
    """Context in which `name` is spoken to: a VISA failure becomes a BenchError that names it.

    PyMeasure's validators raise ValueError for a set point the driver does not allow; that becomes
    a LimitError. Anything else passes through unchanged.
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
        if isinstance(error, ValueError):
            raise LimitError(f"{self.name} refuses a set point: {_first_line(error)}.") from error


def raise_queued_errors(name: str, errors: list[list[float | str]]) -> None:
    """Raise BenchError if an instrument's error queue held anything."""
    if errors:
        told = "; ".join(" ".join([str(int(code)), str(text).strip(' "')]) for code, text in errors)
        raise BenchError(f"{name} reports an error: {told}.")


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
