"""VISA sessions: Prologix adapters, and PyVISA-py's sockets kept from waiting for ever."""

import errno
import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pyvisa
from pyvisa import rname
from pyvisa.constants import StatusCode
from pyvisa.resources import MessageBasedResource

LOCK_TIMEOUT_MS = 100
LONGEST_DISCARD_S = 2.0
QUIET_S = 0.02
LONGEST_PROLOGIX_WAIT_MS = 3000


def notice_closed_peer(resource: Any) -> None:
    """Make PyVISA-py notice that a socket's peer has closed, or refused the connection.

    Left alone, it clears such a socket for ever (so do PyVISA's `flush` and PyMeasure's
    `flush_read_buffer`) and reads it, at the full speed of the processor, until the time-out.
    Raises OSError for a connection that was refused; later, reading raises it.
    """
    session = getattr(resource.visalib, "sessions", {}).get(resource.session)
    pending = getattr(session, "_pending_buffer", None)
    if session is None or pending is None or not hasattr(session.interface, "recv"):
        return
    refused = session.interface.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if refused:
        raise OSError(refused, os.strerror(refused))
    session.interface = _Socket(fileno=session.interface.detach())

    def clear() -> StatusCode:
        session._pending_buffer.clear()
        deadline = time.monotonic() + LONGEST_DISCARD_S
        with suppress(OSError):
            while time.monotonic() < deadline:
                if not select.select([session.interface], [], [], QUIET_S)[0]:
                    return StatusCode.success
                session.interface.recv(4096)
        return StatusCode.error_connection_lost

    session.clear = clear


class _Socket(socket.socket):
    """A socket whose end is an error."""

    def recv(self, *arguments: int) -> bytes:
        received = super().recv(*arguments)
        if not received:
            raise ConnectionResetError(errno.ECONNRESET, "the peer has closed the connection")
        return received


def open_prologix(
    manager: pyvisa.ResourceManager, prologix: str, address: str, timeout_ms: int
) -> Any:
    """Open a Prologix adapter as the GPIB interface of an address; only PyVISA-py can.

    The adapter waits `timeout_ms` for a reply, 3 s at most.
    """
    board = getattr(rname.parse_resource_name(address), "board", "0")
    adapter = rname.parse_resource_name(prologix)
    if isinstance(adapter, rname.TCPIPSocket):
        name = f"PRLGX-TCPIP{board}::{adapter.host_address}::{adapter.port}::INTFC"
    elif isinstance(adapter, rname.ASRLInstr):
        name = f"PRLGX-ASRL{board}::{adapter.board}::INTFC"
    else:
        name = prologix
    try:
        resource: Any = manager.open_resource(name)
    except Exception:  # PyVISA-py goes on taking it for the interface
        from pyvisa_py.prologix import _PrologixIntfcSession

        if half_open := _PrologixIntfcSession.boards.get(board):
            half_open.close()
        raise
    notice_closed_peer(resource)
    wait_ms = min(timeout_ms, LONGEST_PROLOGIX_WAIT_MS)  # PyVISA-py's 50 ms are less than a reading
    resource.write(f"++read_tmo_ms {wait_ms}", termination="\n")
    return resource


@contextmanager
def opened(
    manager: Any,
    address: str,
    settings: dict[str, str | int],
    prologix: str | None,
    timeout_ms: int,
    lock_key: str | None = None,
) -> Iterator[MessageBasedResource]:
    """Open an instrument for plain messages, with a time-out of its own.

    `lock_key` opens a lock that another session of this process may hold.
    """
    interface = None if prologix is None else open_prologix(manager, prologix, address, timeout_ms)
    try:
        resource = manager.open_resource(address, open_timeout=timeout_ms, **settings)
        try:
            notice_closed_peer(resource)
            resource.timeout = timeout_ms
            if lock_key is not None:
                with suppress(Exception):  # a library without locks keeps nobody out
                    resource.lock(LOCK_TIMEOUT_MS, requested_key=lock_key)
            yield resource
        finally:
            resource.close()
    finally:
        if interface is not None:
            interface.close()
