"""The socket of a station: every connection brings one request, in a thread of its own."""

import hmac
import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ..errors import DwmtjError
from .line import LONGEST_REQUEST

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 10.0  # for a line to arrive
MOST_CONNECTIONS = 64  # at a time

Answer = Callable[[str, Mapping[str, Any]], Any]
"""Carries out a command with its arguments; raises DwmtjError if it is refused."""


class Server:
    """Answers requests that carry the token, until the process ends."""

    def __init__(self, listener: socket.socket, token: str, answer: Answer) -> None:
        self._listener = listener
        self._token = token.encode()
        self._answer = answer
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        threading.Thread(target=self._accept, name="station server", daemon=True).start()

    def close(self) -> None:
        """Take no further connection."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            self._free.acquire()
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(
                target=self._serve, args=(connection,), name="station client", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError), connection:  # a client may be gone
                connection.settimeout(REQUEST_TIMEOUT_S)
                with connection.makefile("rb") as stream:
                    line = stream.readline(LONGEST_REQUEST + 1)
                reply = json.dumps(self._reply(line)).encode() + b"\n"
                connection.sendall(reply)
        finally:
            self._free.release()

    def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            command, arguments = self._understood(line)
            return {"result": self._answer(command, arguments)}
        except DwmtjError as error:
            return {"error": " ".join([str(error), *getattr(error, "__notes__", ())])}
        except Exception as error:
            log.exception("A command failed")
            return {"error": f"The station failed at this command: {error!r}; see its log."}

    def _understood(self, line: bytes) -> tuple[str, dict[str, Any]]:
        """Return command and arguments of a request; raises RefusedError."""
        if len(line) > LONGEST_REQUEST:
            raise RefusedError("The request is longer than 1 MiB.")
        try:
            request = json.loads(line)
            token, command, arguments = (
                request[name] for name in ("token", "command", "arguments")
            )
            allowed = hmac.compare_digest(str(token).encode(), self._token)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise RefusedError("The request is no line of JSON that a station takes.") from error
        if not allowed:
            raise RefusedError("The token of the request is not that of this station.")
        if not isinstance(command, str) or not isinstance(arguments, dict):
            raise RefusedError("The request has no command with named arguments.")
        return command, arguments


class RefusedError(DwmtjError):
    """A request that is not one, or whose sender is not known."""
