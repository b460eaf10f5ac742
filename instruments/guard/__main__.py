"""`python -m dwmtj.instruments.guard PID`: guard the bench of a process, told by its pipe."""

import os
import signal
import sys
import traceback

from .records import record
from .watch import Watch


def main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # it ends when its owner releases it, or has ended
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
    watch = Watch(int(sys.argv[1]))
    try:
        watch.listen(sys.stdin.buffer)
        if not watch.released:
            watch.act()
    except Exception:
        record(f"The guard failed: {traceback.format_exc()}", None)
    os._exit(0)  # without waiting for the threads of instruments that hang


main()
