"""A staircase on the virtual bench by this project, PyMeasure and QCoDeS: time, and what a kill
leaves.

`peers_staircase.py [POINTS [ROUNDS]]`. Microseconds a point beyond the bare driver calls, and of a
process that is killed (SIGKILL) in the middle of the staircase, how many of the points that it had
measured a reader finds. QCoDeS is not installed with this project: without it, it is left out.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from dwmtj.benchmarks._peer_recorders import RECORDERS, surviving

POINTS, ROUNDS, KILLS = 2000, 5, 5
BARE = "the bare driver calls"


def main() -> int:
    """Print a line for each recorder; 1 if this project is slower than QCoDeS as it comes."""
    if sys.argv[1:2] == ["record"]:
        return _record(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    points, rounds = (*map(int, sys.argv[1:]), *(POINTS, ROUNDS)[len(sys.argv) - 1 :])
    names = [name for name in RECORDERS if find_spec("qcodes") or "QCoDeS" not in name]
    times_us: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                taken_s = RECORDERS[name](points, Path(folder), _nothing)
            times_us[name].append(taken_s / points * 1e6)
    beyond_us = {
        name: statistics.median(t - bare for t, bare in zip(taken, times_us[BARE], strict=True))
        for name, taken in times_us.items()
    }
    print(f"{BARE}: {statistics.median(times_us[BARE]):.0f} µs a point")
    for name in names[1:]:
        kept = ", ".join(f"{left} of {measured}" for measured, left in map(_killed, [name] * KILLS))
        print(f"{name}: {beyond_us[name]:.0f} µs beyond them; after a kill: {kept}", flush=True)
    as_it_comes = beyond_us.get("QCoDeS, as it comes")
    return int(as_it_comes is not None and beyond_us["dwmtj"] > as_it_comes)


def _nothing() -> None:
    pass


def _record(name: str, points: int, folder: Path) -> int:
    """Record, and say each point that is measured (committed, where that is said) at once."""
    RECORDERS[name](points, folder, _say_point)
    return 0


def _say_point() -> None:
    os.write(1, b".")


def _killed(name: str) -> tuple[int, int]:
    """Kill a process that records; return how many points it had said, and how many are left."""
    command = [sys.executable, __file__, "record", name, str(10 * POINTS)]
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen(
            [*command, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as recorder:
            assert recorder.stdout is not None
            said = recorder.stdout.read(POINTS)
            recorder.send_signal(signal.SIGKILL)
            said += recorder.stdout.read()
        return len(said), surviving(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
