"""VISA sessions of the instruments of one bench, opened by PyMeasure's drivers."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import pyvisa

from .clock import Clock
from .errors import BenchError
from .faults import first_line
from .limits import Limits

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Connection:
    """The context of opening an adapter: VISA library, the bench's limits and clock.

    `exits` closes every session, the last one first.
    """

    visa_library: str
    limits: Limits
    clock: Clock
    exits: ExitStack

    def open(self, driver: Callable[..., D], address: str) -> D:
        """Return a PyMeasure driver on a session; raises BenchError if nothing answers there."""
        try:
            instrument = driver(address, visa_library=self.visa_library)
        except (OSError, ValueError, pyvisa.errors.Error) as error:
            raise BenchError(
                f"Nothing answers at {address} ({first_line(error)}); check cable, power and the "
                "address in the bench file."
            ) from error
        self.exits.callback(instrument.adapter.close)  # type: ignore[attr-defined]
        return instrument


def open_visa(visa_library: str) -> pyvisa.ResourceManager:
    """Open the VISA library of a bench file; raises BenchError if it cannot be loaded."""
    try:
        return pyvisa.ResourceManager(visa_library)
    except Exception as error:  # a back end may raise anything; here it all means the same
        remedy = "" if "@" in visa_library else ', or install NI-VISA or pyvisa-py ("@py")'
        raise BenchError(
            f"The VISA library {visa_library!r} cannot be opened ({first_line(error)}); correct "
            f'visa_library in the bench file ("@dwmtj" is the virtual bench){remedy}.'
        ) from error


def discard_input(driver: Any) -> None:
    """Discard what an instrument has sent and nobody has read."""
    driver.adapter.flush_read_buffer()
