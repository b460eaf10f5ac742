"""Counts into a database as fast as it can, and says which points it knows to be committed.

    python run_to_be_killed.py DATABASE [RUN_TO_RESUME]

writes the serial number of a point, a line each, to standard output once the runner came back for
the next one; "safe" when the bench was made safe.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dwmtj.instruments import StopConditions
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Point, Store

CYCLES = 150
POINTS_PER_CYCLE = 100


class Bench:
    device_name = "straight-1"
    stop_conditions = StopConditions()

    extra_quantities = ()

    def check_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def set_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None: ...

    def run_ends(self) -> None: ...

    def snapshot(self) -> Mapping[str, Any]:
        return {}

    def make_safe(self) -> None:
        say("safe")


class Counting:
    name = "counting"

    def check(self, bench: Bench) -> None:
        pass

    def expected_points(self, first_cycle: int = 0) -> int:
        return (CYCLES - first_cycle) * POINTS_PER_CYCLE

    def parameter_values(self) -> Mapping[str, Any]:
        return {"cycles": CYCLES}

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        for serial in range(first_cycle * POINTS_PER_CYCLE, CYCLES * POINTS_PER_CYCLE):
            yield Point("count", float(serial), cycle=serial // POINTS_PER_CYCLE)
            say(str(serial))


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main(database: str, *resume: str) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a shell's background job ignores some of them
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    with Store.open(database) as store:
        run(Counting(), Bench(), store, resume=int(resume[0]) if resume else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
