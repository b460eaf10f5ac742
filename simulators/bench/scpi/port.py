"""The connection of a controller to an instrument: messages in, replies out, in order.

On a message bus (GPIB, USBTMC, VXI-11) END closes a message, an unread reply is lost to the next
message (-410) and a read without a query fails (-420); on a stream (serial, TCP) newlines close
messages and replies queue up.

A message is executed, and the clock advanced, while it is written; `still_working` returns whether
a reader, who counts from the end of the message, would have to wait longer for the reply.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import ScpiError
from .instrument import Instrument
from .messages import MessageBuffer

GPIB_MESSAGE_S = 0.5e-3
SERIAL_CHARACTER_S = 10 / 57600
_OTHER_THREAD_S = 2.0


@dataclass(slots=True)
class Port:
    """One conversation with an instrument, safe for any thread.

    A reply belongs to the thread that asked: another thread's message waits until it has been read
    (2 s at most, then it interrupts), so that two threads cannot swap replies on one session.

    An instrument works on one message at a time, from whatever port (`instrument.busy`); `lock`,
    the lab's, is held meanwhile, but not while the clock waits.
    """

    instrument: Instrument
    sleep: Callable[[float], None]
    synchronise: Callable[[], None]
    now_s: Callable[[], float]
    lock: threading.RLock
    message_bus: bool
    character_s: float = 0.0
    _input: MessageBuffer = field(default_factory=MessageBuffer)
    _output: bytes = b""
    _asked_by: int = 0
    _due_s: float = 0.0
    _drained: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self._drained = threading.Condition(self.lock)

    def write(self, data: bytes, *, end: bool = True) -> None:
        """Take bytes from the controller and execute every complete message in them."""
        data = data.replace(self.instrument.model.message_end, b"\n")
        with self.instrument.busy:
            messages = self._input.take(data, end=end and self.message_bus)
            with self.lock:
                self.synchronise()
                if self._output and self._asked_by != threading.get_ident():
                    self._drained.wait_for(lambda: not self._output, _OTHER_THREAD_S)
                self.sleep(GPIB_MESSAGE_S + len(data) * self.character_s)
                sent_s = self.now_s()
                if self._input.overrun:
                    self._input.overrun = False
                    self.instrument.report(ScpiError(-363, "Input buffer overrun"))
                for message in messages:
                    self._execute(message)
                if self._output:
                    answered_s = self.now_s()
                    self._due_s = max(self._due_s, answered_s + (answered_s - sent_s))
                self.instrument.request_service()

    def still_working(self, timeout_s: float) -> bool:
        """Return True if the reply is due later than in `timeout_s`, which is then waited."""
        if self._due_s - self.now_s() <= timeout_s:
            return False
        with self.lock:
            self._due_s -= timeout_s
            return bool(self._output)

    def expect_reply(self) -> None:
        """Record that the controller knows of the reply, so has waited for it."""
        self._due_s = 0.0

    def read(self, count: int, stop: int | None) -> tuple[bytes, bool]:
        """Return up to `count` bytes, up to the byte `stop`, and whether END came with them."""
        with self.lock:
            output = self._output
            if stop is None:
                length = min(count, len(output))
            else:
                found = output.find(stop, 0, count)
                length = found + 1 if found >= 0 else min(count, len(output))
            data, self._output = output[:length], output[length:]
            self._due_s = 0.0
            if output and not self._output:
                self.instrument.reply_waiting = False
                self._drained.notify_all()
                self.instrument.request_service()
            return data, self.message_bus and not self._output

    def waiting(self) -> int:
        """Return the number of reply bytes to be read."""
        self.expect_reply()
        return len(self._output)

    def fail_read(self) -> None:
        """Report a read without a query (-420)."""
        with self.lock:
            if self.message_bus:
                self.instrument.report(ScpiError(-420, "Query UNTERMINATED"))
                self.instrument.request_service()

    def clear(self) -> None:
        """Discard pending input and output (device clear)."""
        with self.lock:
            self._input.clear()
            self.discard_output()

    def discard_output(self) -> None:
        """Discard replies that were not read."""
        with self.lock:
            self._output = b""
            self._due_s = 0.0
            self.instrument.reply_waiting = False
            self._drained.notify_all()

    def trigger(self) -> None:
        """Send a bus trigger."""
        with self.instrument.busy, self.lock:
            self.synchronise()
            self.sleep(GPIB_MESSAGE_S)
            self.instrument.trigger()
            self.instrument.request_service()

    def serial_poll(self) -> int:
        """Return the instrument's status byte, read beside its messages."""
        with self.lock:
            self.synchronise()
            self.sleep(GPIB_MESSAGE_S)
            self.expect_reply()
            return self.instrument.serial_poll()

    def _execute(self, message: bytes) -> None:
        text = message.decode("latin-1")
        if not text or text.isspace():
            return
        if self._output and self.message_bus:
            self.discard_output()
            self.instrument.report(ScpiError(-410, "Query INTERRUPTED"))
        reply = self.instrument.execute(text)
        if reply is not None:
            self._output += reply.encode("latin-1") + self.instrument.model.reply_end
            self._asked_by = threading.get_ident()
