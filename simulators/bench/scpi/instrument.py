"""One virtual instrument: executes program messages on its core and keeps IEEE 488.2 status.

Error queue (first in, first out, overflow -350), standard event status, status byte and service
requests are the same for every model; its behaviour is in its core and its command table.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...device import DeviceError
from ..errors import ScpiError
from .commands import Command, event, on_instrument, query, setting
from .parser import CommandSet
from .values import Integer, Raw

ERROR_QUEUE_LENGTH = 20
LONGEST_REPLY = 1 << 20
OPERATION_COMPLETE, QUERY_ERROR, DEVICE_ERROR, EXECUTION_ERROR, COMMAND_ERROR = 1, 4, 8, 16, 32
ERROR_AVAILABLE, MESSAGE_AVAILABLE, EVENT_SUMMARY, SERVICE_REQUEST = 4, 16, 32, 64


@dataclass(frozen=True, slots=True)
class Model:
    """An instrument model: its name, identity and commands, and how its core is built.

    `message_end` closes a message on a stream; newlines do so, too.
    """

    name: str
    identity: str
    commands: CommandSet
    build: Callable[[Any], Any]
    no_error: str = '0,"No error"'
    reply_end: bytes = b"\n"
    message_end: bytes = b"\n"
    settle: Callable[[Any], None] | None = None
    summary_bits: Callable[[Any], int] | None = None


@dataclass(slots=True)
class Instrument:
    """An instrument in a lab; `execute` is called under the lab's lock."""

    model: Model
    address: str
    core: Any
    errors: deque[ScpiError] = field(default_factory=deque)
    event_status: int = 128  # power on
    event_enable: int = 0
    service_enable: int = 0
    requesting_service: bool = False
    reply_waiting: bool = False
    on_service_request: list[Callable[[], None]] = field(default_factory=list)
    busy: threading.RLock = field(default_factory=threading.RLock)
    _saved: dict[int, Any] = field(default_factory=dict)
    _served_bits: int = 0

    def execute(self, message: str) -> str | None:
        """Carry out a program message; return its replies joined by `;`, None without a query.

        Replies beyond 1 MiB are lost with the rest of the message (-430).
        """
        replies: list[str] = []
        length = 0
        for step in self.model.commands.steps(message):
            try:
                reply = step(self)
            except ScpiError as error:
                self.report(error)
                if error.is_command_error:
                    break
                continue
            except DeviceError as error:
                self.report(_device_error(error))
                continue
            if reply is not None:
                replies.append(reply)
                self.reply_waiting = True
                length += len(reply)
                if length > LONGEST_REPLY:
                    self.report(ScpiError(-430, "Query DEADLOCKED"))
                    self.reply_waiting = False
                    replies.clear()
                    break
        self.settle()
        return ";".join(replies) if replies else None

    def settle(self) -> None:
        """Have the core apply what the message has set so far; its conflict is queued."""
        if self.model.settle is not None:
            try:
                self.model.settle(self.core)
            except ScpiError as error:
                self.report(error)
            except DeviceError as error:
                self.report(_device_error(error))

    def report(self, error: ScpiError) -> None:
        """Queue an error and set its bit in the standard event status register."""
        if len(self.errors) < ERROR_QUEUE_LENGTH:
            self.errors.append(error)
        else:
            self.errors[-1] = ScpiError(-350, "Queue overflow")
        bits = {-1: COMMAND_ERROR, -2: EXECUTION_ERROR, -4: QUERY_ERROR}
        self.event_status |= bits.get(-(-error.code // 100), DEVICE_ERROR)

    def status_byte(self) -> int:
        """Return the status byte; bit 6 is the master summary status."""
        status = MESSAGE_AVAILABLE if self.reply_waiting else 0
        if self.errors:
            status |= ERROR_AVAILABLE
        if self.event_status & self.event_enable:
            status |= EVENT_SUMMARY
        if self.model.summary_bits is not None:
            status |= self.model.summary_bits(self.core)
        return status | (SERVICE_REQUEST if status & self.service_enable else 0)

    def serial_poll(self) -> int:
        """Return the status byte with bit 6 as the service request, which the poll clears."""
        status = self.status_byte() & ~SERVICE_REQUEST
        if self.requesting_service:
            status |= SERVICE_REQUEST
        self.requesting_service = False
        return status

    def request_service(self) -> None:
        """Raise a service request when an enabled bit of the status byte has newly appeared."""
        if not self.service_enable and not self._served_bits:
            return
        bits = self.status_byte() & self.service_enable & ~SERVICE_REQUEST
        if bits & ~self._served_bits:
            self.requesting_service = True
            for notify in tuple(self.on_service_request):
                notify()
        self._served_bits = bits

    def trigger(self) -> None:
        """Take a bus trigger (GET), as `*TRG` does."""
        self.execute("*TRG")

    def next_error(self) -> str:
        """Remove the oldest error from the queue and return it in the format of SYST:ERR?."""
        self.settle()
        if not self.errors:
            return self.model.no_error
        error = self.errors.popleft()
        return (
            f'{error.code:+d},"{error.text}"' if error.code > 0 else f'{error.code},"{error.text}"'
        )

    def all_errors(self) -> str:
        """Remove all errors from the queue and return them, oldest first."""
        self.settle()
        return ",".join([self.next_error() for _ in range(max(1, len(self.errors)))])

    def next_code(self) -> str:
        """Remove the oldest error from the queue and return its number."""
        return self.next_error().partition(",")[0]

    def all_codes(self) -> str:
        """Remove all errors from the queue and return their numbers, oldest first."""
        self.settle()
        return ",".join([self.next_code() for _ in range(max(1, len(self.errors)))])

    def count_errors(self) -> int:
        """Return the number of errors in the queue."""
        self.settle()
        return len(self.errors)

    def clear_status(self) -> None:
        """Empty the error queue and the event registers (*CLS)."""
        self.errors.clear()
        self.event_status = 0
        self.requesting_service = False
        clear = getattr(self.core, "clear_events", None)
        if clear is not None:
            clear()

    def take_event_status(self) -> int:
        """Return the standard event status register and clear it (*ESR?)."""
        status, self.event_status = self.event_status, 0
        return status

    def save(self, number: int) -> None:
        """Keep the settings of the core in a memory (*SAV)."""
        self.settle()
        self._saved[number] = self.core.setup()

    def recall(self, number: int) -> None:
        """Return to the settings kept in a memory (*RCL), to those of *RST if it is empty."""
        if number in self._saved:
            self.core.recall(self._saved[number])
        else:
            self.core.reset()

    def complete_operation(self) -> None:
        """Set the operation-complete bit; commands here are done when they return (*OPC)."""
        self.event_status |= OPERATION_COMPLETE


def _device_error(error: DeviceError) -> ScpiError:
    """Return the instrument's error for a request that the device cannot fulfil."""
    return ScpiError(-300, "Device-specific error", str(error).rstrip(".").replace('"', "'"))


def common_commands(trigger: Callable[[Any], None] | None = None) -> tuple[Command, ...]:
    """Return IEEE 488.2's common commands; cores answer `*RST` with their `reset`."""
    commands: list[Command] = [
        query("*IDN", Raw(), lambda i: i.model.identity),
        query("*OPT", Raw(), lambda _: "0"),
        query("*TST", Raw(), lambda _: "0"),
        event("*RST", lambda i: i.core.reset()),
        event("*CLS", Instrument.clear_status),
        Command("*OPC", lambda _: "1", Instrument.complete_operation),
        event("*WAI", lambda _: None),
        query("*ESR", Integer(), Instrument.take_event_status),
        setting("*ESE", Integer(0, 255), lambda i: i.event_enable, _set_event_enable),
        query("*STB", Integer(), Instrument.status_byte),
        setting("*SRE", Integer(0, 255), lambda i: i.service_enable, _set_service_enable),
    ]
    if trigger is not None:
        commands.append(event("*TRG", lambda i: trigger(i.core)))
    return on_instrument(commands)


def system_commands() -> tuple[Command, ...]:
    """Return SCPI's error-queue commands."""
    return on_instrument(
        [
            query("SYSTem:ERRor[:NEXT]", Raw(), Instrument.next_error),
            query("SYSTem:ERRor:ALL", Raw(), Instrument.all_errors),
            query("SYSTem:ERRor:CODE[:NEXT]", Raw(), Instrument.next_code),
            query("SYSTem:ERRor:CODE:ALL", Raw(), Instrument.all_codes),
            query("SYSTem:ERRor:COUNt", Integer(), Instrument.count_errors),
            query("SYSTem:VERSion", Raw(), lambda _: "1999.0"),
        ]
    )


def setup_commands(first: int, last: int) -> tuple[Command, ...]:
    """Return *SAV and *RCL for memories of these numbers; cores need `setup` and `recall`."""
    number = Integer(first, last)
    return on_instrument(
        [event("*SAV", Instrument.save, number), event("*RCL", Instrument.recall, number)]
    )


def _set_event_enable(instrument: Instrument, value: int) -> None:
    instrument.event_enable = value


def _set_service_enable(instrument: Instrument, value: int) -> None:
    instrument.service_enable = value & ~SERVICE_REQUEST
