"""A staircase by this project, PyMeasure and QCoDeS: its time, and what a kill leaves of it.

`peers_staircase.py [POINTS [ROUNDS]]`, on the virtual bench. Microseconds a point beyond the calls
to the drivers, and how many of the points that a process had measured before it was killed
(SIGKILL) are left in its file.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from dwmtj.benchmarks._peer_recorders import RECORDERS, Taken, surviving

POINTS, ROUNDS, KILLS = 2000, 5, 5
BARE, CONFIRMED = "the bare driver calls", "the same, confirmed"


def main() -> int:
    """Print a line for each recorder; 1 if this project is slower than QCoDeS as it comes."""
    if sys.argv[1:2] == ["record"]:
        return _record(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    points, rounds = (*map(int, sys.argv[1:]), *(POINTS, ROUNDS)[len(sys.argv) - 1 :])
    names = list(RECORDERS)
    taken: dict[str, list[Taken]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                taken[name].append(RECORDERS[name](points, Path(folder), _nothing))
    for name in (BARE, CONFIRMED):
        print(f"{name}: {_shown(_median_us(taken[name], points))}")
    beyond_us = {}
    for name in names[2:]:
        calls = taken[CONFIRMED if name == "dwmtj" else BARE]
        beyond = [
            Taken(*(whole - own for whole, own in zip(*turn, strict=True)))
            for turn in zip(taken[name], calls, strict=True)
        ]
        beyond_us[name] = _median_us(beyond, points)
        kept = ", ".join(f"{left} of {told}" for told, left in map(_killed, [name] * KILLS))
        print(
            f"{name}: {_shown(beyond_us[name])} beyond its calls; after a kill: {kept}", flush=True
        )
    as_it_comes = beyond_us["QCoDeS, as it comes"]
    return int(beyond_us["dwmtj"].processor_s > as_it_comes.processor_s)


def _median_us(taken: list[Taken], points: int) -> Taken:
    return Taken(*(statistics.median(each) / points * 1e6 for each in zip(*taken, strict=True)))


def _shown(taken_us: Taken) -> str:
    return f"{taken_us.wall_s:.0f} µs a point, {taken_us.processor_s:.0f} of them of the processor"


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
