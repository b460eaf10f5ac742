"""VISA sessions of the instruments of one bench, opened by PyMeasure's drivers."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

import pyvisa
from pymeasure.adapters import VISAAdapter
from pyvisa.constants import StatusCode

from .clock import Clock
from .errors import BenchError
from .faults import first_line
from .guard.sessions import LOCK_TIMEOUT_MS, notice_closed_peer, open_prologix
from .limits import Limits
from .sections import InstrumentSection

D = TypeVar("D")

DEFAULT_TIMEOUT_MS = 2000  # PyVISA's


@dataclass(frozen=True, slots=True)
class Connection:
    """The context of opening an adapter: VISA library, the bench's limits and clock.

    `exits` closes every session, the last one first. `report` is told the address and every set
    point of what has to be ramped. `shared`: other programs may reach the instruments;
    VISA's lock is then taken with `lock_key`, which admits a second connection of this bench.
    """

    visa_library: str
    limits: Limits
    clock: Clock
    exits: ExitStack
    report: Callable[[str, float], None]
    shared: bool
    lock_key: str = field(default_factory=lambda: secrets.token_hex(8))
    section: InstrumentSection | None = None
    interfaces: dict[str, Any] = field(default_factory=dict)

    def to(self, section: InstrumentSection) -> Self:
        """Return the connection to the instrument of a section, with its settings."""
        return replace(self, section=section)

    def open(self, driver: Callable[..., D], address: str, *, clear: bool = True) -> D:
        """Return a PyMeasure driver on a session; raises BenchError if nothing answers there.

        `clear` is False for an instrument that does not know `*CLS`.
        """
        try:
            self._open_interface(address)
            instrument = self._open_session(driver, address)
        except BenchError:
            raise
        except Exception as error:  # a back end may raise anything; here it all means the same
            raise _nothing_answers(address, error) from error
        adapter = instrument.adapter  # type: ignore[attr-defined]
        self.exits.callback(adapter.close)
        try:
            notice_closed_peer(adapter.connection)
            discard_input(instrument)  # what an earlier session left: unread replies, errors
            if clear:
                adapter.write("*CLS")
        except (OSError, pyvisa.errors.Error) as error:
            raise _nothing_answers(address, error) from error
        if self.shared:
            self._lock(adapter.connection, address)
        return instrument

    def report_set_point(self, value: float) -> None:
        """Note the set point that the instrument is about to be sent.

        A ramp to zero by another connection or process starts there if what is read back
        contradicts it.
        """
        if self.section is not None:
            self.report(self.section.address, value)

    def _open_interface(self, address: str) -> None:
        prologix = None if self.section is None else self.section.prologix
        if self.section is None or prologix is None or prologix in self.interfaces:
            return
        manager = pyvisa.ResourceManager(self.visa_library)
        timeout_ms = int(self.section.session_settings.get("timeout", DEFAULT_TIMEOUT_MS))
        try:
            interface = open_prologix(manager, prologix, address, timeout_ms)
        except Exception as error:
            raise BenchError(
                f"The Prologix adapter {prologix} cannot be opened ({first_line(error)}); check "
                'its power and address, and that visa_library in the bench file is "@py".'
            ) from error
        self.interfaces[prologix] = interface
        self.exits.callback(interface.close)

    def _open_session(self, driver: Callable[..., D], address: str) -> D:
        settings: Mapping[str, str | int] = (
            {} if self.section is None else self.section.session_settings
        )
        if self.section is not None and self.section.prologix is not None:
            # Without the driver's own settings, of which PyVISA-py knows few behind an adapter.
            return driver(VISAAdapter(address, visa_library=self.visa_library, **settings))
        try:
            return driver(address, visa_library=self.visa_library, **settings)
        except TypeError:  # a driver that gives some of them itself
            instrument = driver(address, visa_library=self.visa_library)
        for name, value in settings.items():
            setattr(instrument.adapter.connection, name, value)  # type: ignore[attr-defined]
        return instrument

    def _lock(self, session: Any, address: str) -> None:
        wanted = None if self.section is None else self.section.exclusive_lock
        if wanted is False:
            return
        try:
            session.lock(LOCK_TIMEOUT_MS, requested_key=self.lock_key)
        except pyvisa.errors.VisaIOError as error:
            if error.error_code in (StatusCode.error_resource_locked, StatusCode.error_timeout):
                raise BenchError(
                    f"The instrument at {address} is locked by another program; close that one, "
                    "or set exclusive_lock = false if both may use it."
                ) from error
            refused: Exception = error
        except Exception as error:  # a back end without locks may raise anything
            refused = error
        else:
            self.exits.callback(_unlock, session)
            return
        if wanted:
            raise BenchError(
                f"{address} cannot be locked ({first_line(refused)}); take exclusive_lock out of "
                "the bench file."
            ) from refused


def _unlock(session: Any) -> None:
    with suppress(pyvisa.errors.Error, OSError):  # closing the session, which comes next, does it
        session.unlock()


def discard_input(driver: Any) -> None:
    """Discard what an instrument has sent and nobody has read, in a bounded time.

    Raises what the connection raises if it is broken; a peer that has closed does not hold it.
    """
    driver.adapter.flush_read_buffer()  # bounded by `notice_closed_peer` where it was not


def open_visa(visa_library: str) -> pyvisa.ResourceManager:
    """Open the VISA library of a bench file, "" for a vendor's or, without one, PyVISA-py.

    Raises BenchError if it cannot be loaded.
    """
    try:
        return pyvisa.ResourceManager(visa_library)
    except Exception as error:  # a back end may raise anything; here it all means the same
        remedy = "" if "@" in visa_library else ', or install NI-VISA or pyvisa-py ("@py")'
        raise BenchError(
            f"The VISA library {visa_library!r} cannot be opened ({first_line(error)}); correct "
            f'visa_library in the bench file ("@dwmtj" is the virtual bench){remedy}.'
        ) from error


def _nothing_answers(address: str, error: Exception) -> BenchError:
    reason = first_line(error)
    if reason.startswith("Please install"):  # PyVISA-py, about an interface
        return BenchError(
            f"{address} needs a driver of its interface that this computer lacks; install the "
            f"interface's VISA (NI-VISA, Keysight IO Libraries), or: {reason}."
        )
    return BenchError(
        f"Nothing answers at {address} ({reason}); check cable, power and the address in the "
        "bench file."
    )
