"""The VISA back end's resources and sessions: opening, attributes and locks."""

import itertools
from collections.abc import Iterable
from typing import Any

from pyvisa import constants, rname
from pyvisa.constants import (
    AccessModes,
    EventAttribute,
    EventMechanism,
    EventType,
    ResourceAttribute,
    StatusCode,
)
from pyvisa.highlevel import VisaLibraryBase
from pyvisa.typing import VISAEventContext, VISARMSession, VISASession
from pyvisa.util import DebugInfo, LibraryPath
from typing_extensions import override

from ..circuit.clock import SimulatedClock
from ..lab import Lab, open_lab
from ..lab_file import DEFAULT_LAB, lab_names
from ..twins import ResolveModel
from .events import ServiceRequests
from .locks import Locks
from .session import Session

_manager_sessions = itertools.count(2_000_000_000)


class VirtualLab(VisaLibraryBase):
    """A VISA library whose resources are the instruments of one virtual lab.

    Its path is the address of `open_lab`; the lab outlives sessions and library. `clock` is the
    lab's. A subclass that knows where state models are kept overrides `models`.
    """

    def _init(self) -> None:
        self._path = str(self.library_path)
        self._sessions: dict[int, Session] = {}
        self.events: dict[int, ServiceRequests] = {}
        self._locks = Locks()
        assert self.lab  # a bad address is an error of opening the library

    @staticmethod
    @override
    def get_library_paths() -> Iterable[LibraryPath]:
        return (LibraryPath(DEFAULT_LAB),)

    @staticmethod
    @override
    def get_debug_info() -> DebugInfo:
        return {
            "Virtual bench": "simulated instruments wired to one simulated DW-MTJ device",
            "Labs": ", ".join(lab_names()),
            "Default lab": DEFAULT_LAB,
        }

    @property
    def lab(self) -> Lab:
        """The lab behind this library."""
        return open_lab(self._path, resolve_model=self.models())

    def models(self) -> ResolveModel | None:
        """Return the function that finds the models of digital twins, None without a store."""
        return None

    @property
    def clock(self) -> SimulatedClock:
        """The lab's clock (`now_s`, `sleep`)."""
        return self.lab.clock

    @override
    def open_default_resource_manager(self) -> tuple[VISARMSession, StatusCode]:
        number = VISARMSession(next(_manager_sessions))
        return number, self.handle_return_value(number, StatusCode.success)

    @override
    def list_resources(self, session: VISARMSession, query: str = "?*::INSTR") -> tuple[str, ...]:
        return rname.filter(self.lab.instruments, query)

    @override
    def open(
        self,
        session: VISARMSession,
        resource_name: str,
        access_mode: AccessModes = AccessModes.no_lock,
        open_timeout: int = constants.VI_TMO_IMMEDIATE,
    ) -> tuple[VISASession, StatusCode]:
        lab = self.lab
        try:
            wanted = rname.to_canonical_name(resource_name.upper()).upper()
        except rname.InvalidResourceName:
            self.handle_return_value(None, StatusCode.error_invalid_resource_name)
        address = next((name for name in lab.instruments if name.upper() == wanted), None)
        if address is None:
            self.handle_return_value(None, StatusCode.error_resource_not_found)
        opened = Session(str(address), lab.port(str(address)))
        self._sessions[opened.number] = opened
        self.events[opened.number] = ServiceRequests(opened)
        number = VISASession(opened.number)
        if access_mode & AccessModes.exclusive_lock:
            self.lock(number, constants.Lock.exclusive, open_timeout)
        elif access_mode & AccessModes.shared_lock:
            self.lock(number, constants.Lock.shared, open_timeout)
        return number, self.handle_return_value(number, StatusCode.success)

    @override
    def close(self, session: VISASession | VISAEventContext | VISARMSession) -> StatusCode:
        opened = self._sessions.pop(session, None)
        if opened is not None:
            self.events.pop(session).disable(EventMechanism.all)
            self._locks.release(opened)
        return StatusCode.success

    @override
    def get_attribute(
        self,
        session: VISASession | VISAEventContext | VISARMSession,
        attribute: ResourceAttribute | EventAttribute,
    ) -> tuple[Any, StatusCode]:
        opened = self._sessions.get(session)
        if opened is None:
            if attribute == EventAttribute.event_type:
                return EventType.service_request, StatusCode.success
            self.handle_return_value(None, StatusCode.error_invalid_object)
            raise AssertionError("an invalid session has been refused")
        if attribute == ResourceAttribute.resource_lock_state:
            return self._locks.state(opened), StatusCode.success
        value, status = opened.get_attribute(attribute)
        return value, self.handle_return_value(session, status)

    @override
    def set_attribute(
        self, session: VISASession, attribute: ResourceAttribute, attribute_state: Any
    ) -> StatusCode:
        opened = self.opened(session)
        return self.handle_return_value(session, opened.set_attribute(attribute, attribute_state))

    @override
    def lock(
        self,
        session: VISASession,
        lock_type: constants.Lock,
        timeout: int,
        requested_key: str | None = None,
    ) -> tuple[str, StatusCode]:
        key, status = self._locks.lock(self.opened(session), lock_type, timeout, requested_key)
        return key, self.handle_return_value(session, status)

    @override
    def unlock(self, session: VISASession) -> StatusCode:
        return self.handle_return_value(session, self._locks.unlock(self.opened(session)))

    def opened(self, session: VISASession) -> Session:
        """Return an open session; raises VisaIOError for one that is not."""
        opened = self._sessions.get(session)
        if opened is None:
            self.handle_return_value(None, StatusCode.error_invalid_object)
            raise AssertionError("an invalid session has been refused")
        return opened

    def usable(self, session: VISASession) -> Session:
        """Return an open session that no other session's lock excludes; raises VisaIOError."""
        opened = self._sessions.get(session) or self.opened(session)
        if self._locks and self._locks.excludes(opened):
            self.handle_return_value(session, StatusCode.error_resource_locked)
        return opened
