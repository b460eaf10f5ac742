"""A wire to one instrument that can hang: then nothing passes, on old connections or new ones."""

import socket
import threading
from contextlib import suppress


class HangingWire:
    """Stands between a bench and the instrument at `port`; the bench connects to `own_port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends = [self._listener]
        self.own_port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hang(self) -> None:
        self._passing.clear()

    def recover(self) -> None:
        self._passing.set()

    def close(self) -> None:
        self._passing.set()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                bench, _ = self._listener.accept()
                device = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [bench, device]
                for source, target in ((bench, device), (device, bench)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                self._passing.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
