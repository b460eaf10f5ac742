"""What happens to a station in a night: kills, full disks, restarts of its server, faults."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from dwmtj.station import Activity, Station, StationState
from dwmtj.storage import Status, Store
from dwmtj.tests.postgresql.cluster import Cluster

if TYPE_CHECKING:
    from dwmtj.benchmarks._nights_bench import NightBench

POLL_S = 0.02
OPEN_S = 0.5


class WatchedStation:
    """A station of a bench and a database, and the points that its clients were told of."""

    def __init__(self, bench: "NightBench", database: str, choose: random.Random) -> None:
        self.bench = bench
        self.database = database
        self.told: dict[int, int] = {}
        self.finished: dict[int, int] = {}
        """The attempts of runs that had finished before an event."""
        self._choose = choose
        self.station = self._start()

    def kill(self) -> None:
        """Kill the station and start it again."""
        process = psutil.Process(self.station.state().pid)
        process.kill()
        process.wait()  # a station that is just being killed would be found, and not answer
        self.station = self._start()

    def fill_disk(self) -> None:
        """Fill the disk until the sequence is held, or over, and make room again."""
        filler = Path("filler")
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(2**20))
        self.wait(is_held)
        filler.unlink()

    def restart(self, server: Cluster) -> None:
        """Restart the server of the database, which cuts all connections."""
        server.control("restart")

    def misbehave(self) -> None:
        """Have an instrument misbehave once."""
        self.bench.misbehave(self._choose)

    def open_contact(self) -> None:
        """Take the leads off the meter for a while."""
        self.bench.open_contact()
        until_s = time.monotonic() + OPEN_S
        self.wait(lambda state: is_over(state) or time.monotonic() > until_s)
        self.bench.close_contact()

    def go_on(self) -> None:
        """Resume the sequence unless it is over."""
        with Store.open(self.database) as store:
            done = [run for run in store.runs() if run.status is Status.FINISHED]
        self.finished |= {run.id: run.attempt for run in done}
        state = self.station.state()
        if state.sequence is not None and state.sequence.status == "held":
            self.station.resume_sequence()

    def wait(self, reached: Callable[[StationState], bool]) -> None:
        """Wait for a state; `told` gets the points of each run that the station tells of."""
        while not reached(state := self.station.state()):
            if state.run is not None:
                run = state.run
                self.told[run.run_id] = max(self.told.get(run.run_id, 0), run.done)
            time.sleep(POLL_S)

    def wait_for_run(self, ended: float, points: int) -> None:
        """Wait for the middle of a run, after so many steps, or for the end."""
        self.wait(partial(_has_ended, ended))
        self.wait(partial(_has_measured, points))

    def _start(self) -> Station:
        station = Station.start(str(self.bench.file), database=self.database)
        while station.state().activity is Activity.OPENING:
            time.sleep(POLL_S)
        return station


def is_over(state: StationState) -> bool:
    return state.sequence is None or bool(state.sequence.report)


def is_held(state: StationState) -> bool:
    return is_over(state) or (state.sequence is not None and state.sequence.status == "held")


def _has_ended(steps: float, state: StationState) -> bool:
    return is_held(state) or (state.sequence is not None and state.sequence.ended >= steps)


def _has_measured(points: int, state: StationState) -> bool:
    """Return True in the middle of a run, or if no further one comes."""
    return is_held(state) or (state.run is not None and state.run.done >= points)
