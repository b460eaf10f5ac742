"""A lab behind TCP ports: newline-terminated messages for any language, `TCPIP::…::SOCKET`.

Instruments have no passwords: whoever reaches a port can drive its instrument. Serve on the
loopback interface unless the network is yours.
"""

import contextlib
import ipaddress
import logging
import os
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from io import BufferedIOBase
from typing import Any

from .errors import LabError
from .lab import Lab

FIRST_PORT = 5025
_LONGEST_LINE = 1 << 16
_BACKLOG = 512
_PATIENCE_S = 2.0

_log = logging.getLogger(__name__)


class LabServer:
    """One port per instrument of a lab, in the order of its file, for any number of clients.

    `addresses` maps the instrument's model to its VISA name, `warning` is a sentence to show when
    the host is not the loopback interface, else empty. Use as a context manager, or start and stop.
    """

    def __init__(self, lab: Lab, host: str = "127.0.0.1", first_port: int = FIRST_PORT) -> None:
        self.lab = lab
        self.host = host
        self.first_port = first_port
        self.warning = (
            ""
            if _is_loopback(host)
            else (
                f"Anyone who can reach {host} can drive these instruments, without a password: "
                f"serve on 127.0.0.1 unless the network is yours."
            )
        )
        self._servers: dict[str, _InstrumentServer] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        """The VISA name of every served instrument, by model; empty before the start."""
        return {
            self.lab.instruments[address].model.name: (
                f"TCPIP::{self.host}::{server.server_address[1]}::SOCKET"
            )
            for address, server in self._servers.items()
        }

    def start(self) -> None:
        """Open every port, or none; raises LabError if one is not available."""
        if self._servers:
            raise LabError("The lab is being served already: stop it first.")
        self.lab.clock.count_waiting()  # clients wait by their own clocks
        for offset, address in enumerate(self.lab.instruments):
            number = self.first_port + offset if self.first_port else 0
            try:
                self._servers[address] = _InstrumentServer((self.host, number), self.lab, address)
            except (OSError, OverflowError) as error:
                self.stop()
                raise LabError(
                    f"Port {number} of {self.host} cannot be opened ({error}): stop the program "
                    f"that uses it, or choose another first port."
                ) from error
        for address, server in self._servers.items():
            threading.Thread(
                target=server.serve_forever, args=(0.05,), name=f"serve {address}", daemon=True
            ).start()
            server.serving = True

    def stop(self) -> None:
        """Close every port and every client's connection; harmless when nothing is served."""
        for server in self._servers.values():
            if server.serving:
                server.shutdown()
            server.server_close()
        self._servers.clear()

    def __enter__(self) -> "LabServer":
        if not self._servers:
            self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()


def serve(lab: Lab, host: str = "127.0.0.1", first_port: int = FIRST_PORT) -> LabServer:
    """Serve a lab in the background and return its server; raises LabError."""
    server = LabServer(lab, host, first_port)
    server.start()
    return server


class _InstrumentServer(socketserver.ThreadingTCPServer):
    """The listening port of one instrument."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere it would share a busy port
    request_queue_size = _BACKLOG
    block_on_close = True

    def __init__(self, where: tuple[str, int], lab: Lab, address: str) -> None:
        self.serving = False
        self._lab = lab
        self._address = address
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(where, _Client)

    def answer(self, client: socket.socket, lines: BufferedIOBase) -> None:
        """Execute a client's messages and send the replies, until it disconnects."""
        port = self._lab.stream(self._address)
        ends_lines = port.instrument.model.message_end == b"\n"
        receive = lines.readline if ends_lines else lines.read1
        with self._lab.clock.interrupted_if(_Departure(client)):
            while line := receive(_LONGEST_LINE):
                port.write(line)
                reply, _ = port.read(port.waiting(), None)
                if reply:
                    client.sendall(reply)

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """Log what a client's message has made fail; its connection is closed."""
        _log.exception("%s: the connection of %s failed.", self._address, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._clients.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):  # it has left in the meantime
                    client.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Client(socketserver.StreamRequestHandler):
    """One client's conversation."""

    server: _InstrumentServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the client has disconnected
            self.server.answer(self.connection, self.rfile)


class _Departure:
    """Whether a client has closed its connection, 2 s ago or more.

    One that has only closed its sending half, as `nc` does, gets a reply that comes in time.
    """

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._since_s: float | None = None

    def __call__(self) -> bool:
        if self._since_s is None and self._has_closed():
            self._since_s = time.monotonic()
        return self._since_s is not None and time.monotonic() - self._since_s > _PATIENCE_S

    def _has_closed(self) -> bool:
        self._client.settimeout(0.0)
        try:
            return self._client.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self._client.settimeout(None)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
