"""`dwmtj station watch`: the page that shows what a station does."""

import signal
import threading

from ...station import Station
from ...station.watching import WatchServer
from ..console import print_line, print_message


def watch(bench: str | None, port: int) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Raises StationError if the port is taken, or several stations run and none is named.
    """
    if bench is None and len(Station.running()) > 1:
        Station.connect()  # says which ones there are
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
