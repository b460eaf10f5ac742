"""`dwmtj station watch`: the page that shows what a station does."""

import signal
import threading

from ...station.watching import WatchServer
from ..console import print_line, print_message


def watch(bench: str | None, port: int) -> None:
    """Serve the page until Ctrl-C or SIGTERM; raises StationError if the port is taken."""
    stopped = threading.Event()
    server = WatchServer(bench, port)
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    try:
        print_line(server.url)
        print_message("Only this computer reaches it, and it changes nothing; Ctrl-C stops.")
        stopped.wait()
    except KeyboardInterrupt:
        print_message("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)
        server.close()
