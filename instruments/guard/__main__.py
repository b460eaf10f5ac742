"""`python -m dwmtj.instruments.guard PID`: guard the bench of a process, told by its pipe."""

import os
import sys
import traceback

from .records import record
from .watch import Watch


def main() -> None:
    watch = Watch(int(sys.argv[1]))
    try:
        watch.listen(sys.stdin.buffer)
        if not watch.released:
            watch.act()
    except Exception:
        record(f"The guard failed: {traceback.format_exc()}", None)
    os._exit(0)  # without waiting for the threads of instruments that hang


main()
