"""The PyVISA back end `@dwmtj`: virtual labs behind ordinary VISA sessions."""

from typing import Any

from pyvisa import constants
from pyvisa.constants import BufferOperation, EventMechanism, EventType, StatusCode
from pyvisa.typing import VISAEventContext, VISAHandler, VISASession
from typing_extensions import override

from ..scpi.port import Port
from .sessions import VirtualLab

_DISCARD = (
    BufferOperation.discard_read_buffer
    | BufferOperation.discard_read_buffer_no_io
    | BufferOperation.discard_receive_buffer
    | BufferOperation.discard_receive_buffer2
)
_SERVICE_REQUESTS = (EventType.service_request, EventType.all_enabled)


class VirtualBenchLibrary(VirtualLab):
    """Reading, writing, triggers and service requests on the sessions of one virtual lab."""

    @override
    def write(self, session: VISASession, data: bytes) -> tuple[int, StatusCode]:
        opened = self.usable(session)
        opened.port.write(data)
        self._last_status_in_session[session] = self._last_status = StatusCode.success
        return len(data), StatusCode.success

    @override
    def read(self, session: VISASession, count: int) -> tuple[bytes, StatusCode]:
        data, status = self.usable(session).read(count)
        if status is not StatusCode.success:
            return data, self.handle_return_value(session, status)
        self._last_status_in_session[session] = self._last_status = status
        return data, status

    @override
    def clear(self, session: VISASession) -> StatusCode:
        self.usable(session).port.clear()
        return self.handle_return_value(session, StatusCode.success)

    @override
    def flush(self, session: VISASession, mask: BufferOperation) -> StatusCode:
        if mask & _DISCARD:
            self.usable(session).port.discard_output()
        return self.handle_return_value(session, StatusCode.success)

    @override
    def assert_trigger(
        self, session: VISASession, protocol: constants.TriggerProtocol
    ) -> StatusCode:
        self._message_bus(session).trigger()
        return self.handle_return_value(session, StatusCode.success)

    @override
    def read_stb(self, session: VISASession) -> tuple[int, StatusCode]:
        status_byte = self._message_bus(session).serial_poll()
        return status_byte, self.handle_return_value(session, StatusCode.success)

    @override
    def gpib_control_ren(
        self, session: VISASession, mode: constants.RENLineOperation
    ) -> StatusCode:
        self.usable(session)
        return self.handle_return_value(session, StatusCode.success)

    @override
    def enable_event(
        self,
        session: VISASession,
        event_type: EventType,
        mechanism: EventMechanism,
        context: None = None,
    ) -> StatusCode:
        self.opened(session)
        if event_type not in _SERVICE_REQUESTS:
            return self.handle_return_value(session, StatusCode.error_invalid_event)
        self.events[session].enable(mechanism)
        return self.handle_return_value(session, StatusCode.success)

    @override
    def disable_event(
        self, session: VISASession, event_type: EventType, mechanism: EventMechanism
    ) -> StatusCode:
        self.opened(session)
        if event_type in _SERVICE_REQUESTS:
            self.events[session].disable(mechanism)
        return self.handle_return_value(session, StatusCode.success)

    @override
    def discard_events(
        self, session: VISASession, event_type: EventType, mechanism: EventMechanism
    ) -> StatusCode:
        self.opened(session)
        if event_type in _SERVICE_REQUESTS:
            self.events[session].discard()
        return self.handle_return_value(session, StatusCode.success)

    @override
    def wait_on_event(
        self, session: VISASession, in_event_type: EventType, timeout: int
    ) -> tuple[EventType, VISAEventContext, StatusCode]:
        opened = self.opened(session)
        endless = timeout == constants.VI_TMO_INFINITE
        clock = self.clock
        context = self.events[session].wait(
            None if endless else timeout / 1e3, real_time=clock.real_time
        )
        if context is None:
            if not endless and not clock.real_time:
                opened.port.sleep(timeout / 1e3)
            self.handle_return_value(session, StatusCode.error_timeout)
        status = self.handle_return_value(session, StatusCode.success)
        return EventType.service_request, VISAEventContext(context or 0), status

    @override
    def install_handler(
        self,
        session: VISASession,
        event_type: EventType,
        handler: VISAHandler,
        user_handle: Any = None,
    ) -> tuple[VISAHandler, Any, Any, StatusCode]:
        self.opened(session)
        self.events[session].handlers.append((handler, user_handle))
        status = self.handle_return_value(session, StatusCode.success)
        return handler, user_handle, handler, status

    @override
    def uninstall_handler(
        self,
        session: VISASession,
        event_type: EventType,
        handler: VISAHandler,
        user_handle: Any = None,
    ) -> StatusCode:
        events = self.events.get(session)
        if events is not None and (handler, user_handle) in events.handlers:
            events.handlers.remove((handler, user_handle))
        return self.handle_return_value(session, StatusCode.success)

    def _message_bus(self, session: VISASession) -> Port:
        port = self.usable(session).port
        if not port.message_bus:
            self.handle_return_value(session, StatusCode.error_nonsupported_operation)
        return port
