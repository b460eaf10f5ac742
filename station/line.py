"""One request and one reply, a line of JSON each, over a socket that only this computer reaches."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

from .errors import StationError

LONGEST_REQUEST = 1 << 20
LONGEST_REPLY = 1 << 26
CONNECT_TIMEOUT_S = 5.0
LONGEST_SOCKET_PATH = 100


class NotReachedError(StationError):
    """The station did not take the request, or ended before it replied."""


def ask(
    address: str, token: str, command: str, arguments: dict[str, Any], timeout_s: float | None
) -> Any:
    """Send a command and return the result.

    Raises StationError with the sentence of a station that refused, and NotReachedError if there
    was no reply within `timeout_s`.
    """
    request = json.dumps({"token": token, "command": command, "arguments": arguments})
    if len(request) >= LONGEST_REQUEST:
        raise StationError("The request is longer than 1 MiB: shorten its texts.")
    try:
        with _connected(address) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(request.encode() + b"\n")
            with connection.makefile("rb") as stream:
                line = stream.readline(LONGEST_REPLY)
        reply = json.loads(line)
    except (OSError, ValueError) as error:
        raise NotReachedError(f"The station did not answer ({error or 'time-out'}).") from error
    if "error" in reply:
        raise StationError(reply["error"])
    return reply["result"]


def listen(path: Path) -> tuple[socket.socket, str]:
    """Return a listening socket and its address: a Unix socket at the path, else a loopback port.

    The path is in a folder that only the user can enter.
    """
    if sys.platform != "win32" and len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(str(path))
        path.chmod(0o600)
        unix.listen()
        return unix, f"unix:{path}"
    tcp = socket.create_server(("127.0.0.1", 0))
    return tcp, f"tcp:{tcp.getsockname()[1]}"


def _connected(address: str) -> socket.socket:
    kind, _, place = address.partition(":")
    if kind == "tcp":
        return socket.create_connection(("127.0.0.1", int(place)), timeout=CONNECT_TIMEOUT_S)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(CONNECT_TIMEOUT_S)
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection
