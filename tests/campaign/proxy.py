"""A wire that misbehaves: stands between a bench and its served instruments, and knows the truth.

Each instrument has a port. A message passes to the instrument and its reply comes back, both noted
as they truly were; a fault that is due changes what the bench sees.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class FaultKind(StrEnum):
    NO_ANSWER = "no answer"
    LATE = "late"
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    EXTRA_LINE = "extra line"
    OVERFLOW = "9.9E37"
    WRONG_SIGN = "wrong sign"
    IGNORED = "ignored command"
    DROPPED = "dropped connection"
    TRIPPED = "output tripped"
    QUEUED_ERROR = "error queued"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one instrument; it happens once, at the first message that it fits."""

    instrument: str
    kind: FaultKind

    def fits(self, message: str) -> bool:
        if self.kind in (FaultKind.DROPPED, FaultKind.TRIPPED, FaultKind.QUEUED_ERROR):
            return True
        return ("?" in message) is (self.kind is not FaultKind.IGNORED)


class Exchange(NamedTuple):
    """A message that reached an instrument, and what it truly replied ("" to a command)."""

    instrument: str
    message: str
    reply: str


CHANGED: Mapping[FaultKind, Callable[[bytes], bytes]] = {
    FaultKind.GARBAGE: lambda _: bytes([0xFF, 0xFE, 0x00, 0x80, 0x41]) + b"\n",
    FaultKind.TRUNCATED: lambda reply: reply[: max(1, len(reply) // 2)] + b"\n",
    FaultKind.EXTRA_LINE: lambda reply: b"0\n" + reply,
    FaultKind.OVERFLOW: lambda _: b"9.9E37\n",
    FaultKind.WRONG_SIGN: lambda reply: (
        reply[1:] if reply[:1] == b"-" else b"-" + reply.lstrip(b"+")
    ),
}
TRIP = {"81160A": b":OUTP1 0\n", "2400": b":OUTP 0\n", "BOP 36-12": b"OUTP 0\n"}
UNKNOWN_COMMAND = b":DWMT 1\n"  # leaves an error in the queue of an instrument that has one


class MisbehavingWire:
    """One port per instrument of `ports` (its name and its real port); `port` is the bench's."""

    def __init__(self, ports: Mapping[str, int], late_s: float) -> None:
        self.exchanges: list[Exchange] = []
        self.struck: Fault | None = None
        self.port: dict[str, int] = {}
        self._late_s = late_s
        self._fault: Fault | None = None
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        for instrument, real in ports.items():
            listener = socket.create_server(("127.0.0.1", 0))
            self._sockets.append(listener)
            self.port[instrument] = listener.getsockname()[1]
            _in_background(self._accept, listener, instrument, real)

    def expect(self, fault: Fault) -> None:
        """Let the fault happen at the next message that it fits."""
        self._fault = fault

    def close(self) -> None:
        for each in self._sockets:
            _close(each)

    def _accept(self, listener: socket.socket, instrument: str, real: int) -> None:
        with suppress(OSError):
            while True:
                bench, _ = listener.accept()
                _in_background(self._pass_on, bench, instrument, real)

    def _pass_on(self, bench: socket.socket, instrument: str, real: int) -> None:
        with socket.create_connection(("127.0.0.1", real)) as device, bench:
            for end in (bench, device):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [bench, device]
            replies = device.makefile("rb")
            with suppress(OSError, ValueError):
                for line in bench.makefile("rb"):
                    if not self._exchange(line, instrument, bench, device, replies.readline):
                        break
            _close(bench)

    def _exchange(
        self,
        line: bytes,
        instrument: str,
        bench: socket.socket,
        device: socket.socket,
        next_reply: Callable[[], bytes],
    ) -> bool:
        """Pass one message on and its reply back; return False to end the connection."""
        message = line.decode("latin-1").strip()
        kind = self._due(instrument, message)
        if kind is FaultKind.IGNORED:
            return True
        if kind is FaultKind.TRIPPED and instrument in TRIP:
            device.sendall(TRIP[instrument])
        if kind is FaultKind.QUEUED_ERROR:
            device.sendall(UNKNOWN_COMMAND)
        if kind is FaultKind.DROPPED:
            return False
        device.sendall(line)
        reply = next_reply() if "?" in message else b""
        self.exchanges.append(Exchange(instrument, message, reply.decode("latin-1").strip()))
        if kind is FaultKind.NO_ANSWER:
            return True
        if kind is FaultKind.LATE:
            time.sleep(self._late_s)
        if kind is not None and (change := CHANGED.get(kind)) is not None:
            reply = change(reply)
        bench.sendall(reply)
        return True

    def _due(self, instrument: str, message: str) -> FaultKind | None:
        with self._lock:
            fault = self._fault
            if fault is None or fault.instrument != instrument or not fault.fits(message):
                return None
            self._fault, self.struck = None, fault
            return fault.kind


def _in_background(target: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
