"""What is left of nights with power cuts, full disks or restarts of a database server.

`nights.py [NIGHTS [DEVICES [KILLS [FULL_DISKS [RESTARTS]]]]]`, the last three a night.

A sequence is carried out on the devices of the virtual array, one after another, by a station that
is killed (SIGKILL) in the middle of runs, at random moments of each night, started again and told
to resume. Every device has a staircase and, if that shows levels, a read series; in every second
night a read series fails whose device reads more than 1 kΩ.

A disk that runs full in the middle of a run (a file system in memory of its own, which root alone
can mount, filled by another file) holds the sequence; it is resumed once there is room again. With
RESTARTS the database is that of a PostgreSQL server of its own, which is restarted in the middle of
runs; a run that loses its server fails, and the sequence continues with the next step.

Checked of each night: every point that a client had been told of is in the store, a finished run is
never repeated, each step has exactly one outcome with the status of its run, and the report exists.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from dwmtj.station import Activity, Station, StationState
from dwmtj.station.sequences import Night, RunSequence, nights
from dwmtj.station.sequences.night import with_outcomes
from dwmtj.storage import Status, Store
from dwmtj.tests.postgresql.cluster import Cluster, start_cluster

COLUMNS = 20  # of the virtual array
SEED = 20261127
POLL_S = 0.02
DISK_SIZE = "1g"

Event = Callable[[Station, str, dict[int, int]], Station]
"""Something that happens to a station, of a database, whose clients were told of points."""


def main() -> None:
    """Print what was checked, night by night, and the sums."""
    numbers = [*map(int, sys.argv[1:]), *(5, 64, 2, 0, 0)[len(sys.argv) - 1 :]]
    count, devices, kills, full_disks, restarts = numbers[:5]
    choose = random.Random(SEED)
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, _own_disk(Path(folder), wanted=full_disks > 0):
        os.environ["XDG_RUNTIME_DIR"] = folder
        os.chdir(folder)  # where the reports go
        server = start_cluster(os.getpid()) if restarts else None
        database = f"{folder}/lab.sqlite" if server is None else server.new_database()
        restart = partial(_restart, server)
        for number in range(1, count + 1):
            began_s = time.monotonic()
            events: list[Event] = [
                *[_kill] * kills,
                *[_fill_disk] * full_disks,
                *[restart] * restarts,
            ]
            found = _night(database, _sequence(number, devices), events, choose)
            found |= {"kills": kills, "full disks": full_disks, "restarts": restarts}
            totals.update(found)
            print(f"night {number}: {found}, {time.monotonic() - began_s:.0f} s", flush=True)
        os.chdir("/")
    print(f"{count} nights of {devices} devices: {dict(totals)}")


def _sequence(night: int, devices: int) -> RunSequence:
    ladder = {"amplitude_start_V": 1.0, "amplitude_stop_V": 5.0, "amplitude_step_V": 0.25}
    array = {"read_current_A": 20e-6, "saturation_field_T": -0.12, "bias_field_T": -4e-3}
    steps: list[dict[str, Any]] = [
        {
            "name": "stairs",
            "protocol": "staircase-write",
            "parameters": {**ladder, **array, "cycles": 30},
        },
        {
            "name": "drift",
            "protocol": "read-series",
            "parameters": {**array, "readings": 30, "interval_s": 0.01},
            "when": "stairs.number_of_levels >= 2",
        },
    ]
    places = [
        {"name": f"r{i // COLUMNS}c{i % COLUMNS}", "row": i // COLUMNS, "column": i % COLUMNS}
        for i in range(devices)
    ]
    if night % 2 == 0:
        steps[1]["stop_if"] = "resistance_ohm > 1000"
    document = {"name": f"night {night}", "on_failure": "next step", "device": places}
    return RunSequence.model_validate({**document, "step": steps})


@contextmanager
def _own_disk(folder: Path, *, wanted: bool) -> Iterator[None]:
    """Mount a file system in memory on a folder, if wanted, that can be filled."""
    if wanted:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", str(folder)]
        subprocess.run(mount, check=True)
    try:
        yield
    finally:
        if wanted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _night(
    database: str, sequence: RunSequence, events: list[Event], choose: random.Random
) -> dict[str, int]:
    station = _start(database)
    tag = station.begin_sequence(sequence)
    steps = 2 * len(sequence.device)
    choose.shuffle(events)
    moments = sorted(choose.uniform(0.0, 0.9) for _ in events)
    told: dict[int, int] = {}
    finished: dict[int, int] = {}  # attempts of runs that had finished before a kill
    for moment, event in zip(moments, events, strict=True):
        _wait(station, told, partial(_has_ended, moment * steps))
        _wait(station, told, partial(_has_measured, choose.randrange(1, 400)))
        station = event(station, database, told)
        with Store.open(database) as store:
            done = [run for run in store.runs() if run.status is Status.FINISHED]
            finished |= {run.id: run.attempt for run in done}
        if station.state().sequence is not None and not _is_over(station.state()):
            station.resume_sequence()
    _wait(station, told, _is_over)
    station.shut_down()
    with Store.open(database) as store:
        night = with_outcomes(store, next(each for each in nights(store) if each.tag == tag))
        return _checked(store, night, steps, told, finished)


def _kill(station: Station, database: str, _told: dict[int, int]) -> Station:
    """Kill the station; return one that has started after it."""
    process = psutil.Process(station.state().pid)
    process.kill()
    process.wait()  # a station that is just being killed would be found, and not answer
    return _start(database)


def _fill_disk(station: Station, _database: str, told: dict[int, int]) -> Station:
    """Fill the disk until the sequence is held, or over, and make room again."""
    filler = Path("filler")
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(2**20))
    _wait(station, told, _is_held)
    filler.unlink()
    return station


def _restart(
    server: Cluster | None, station: Station, _database: str, _told: dict[int, int]
) -> Station:
    """Restart the server, which cuts all connections."""
    assert server is not None
    server.control("restart")
    return station


def _checked(
    store: Store, night: Night, steps: int, told: dict[int, int], finished: dict[int, int]
) -> dict[str, int]:
    runs = night.runs(store)
    assert night.end == "finished", night.end_detail
    assert len({outcome.title for outcome in night.outcomes}) == len(night.outcomes) == steps
    assert len({run.tags for run in runs}) == len(runs), "a step was run twice"
    statuses = {run.id: run.status for run in runs}
    for outcome in night.outcomes:
        if outcome.run is not None:
            assert statuses[outcome.run] == outcome.status, outcome
    assert all(run.attempt == finished.get(run.id, run.attempt) for run in runs)
    lost = sum(max(0, told.get(run.id, 0) - run.points) for run in runs)
    assert list(Path().glob(f"{night.name.replace(' ', '-')}-*.html"))
    return {
        "steps": len(night.outcomes),
        "runs": len(runs),
        "points": sum(run.points for run in runs),
        "resumed": sum(run.attempt > 1 for run in runs),
        "failed": sum(outcome.status == "failed" for outcome in night.outcomes),
        "lost": lost,
    }


def _start(database: str) -> Station:
    station = Station.start("virtual-array", database=database)
    while station.state().activity is Activity.OPENING:
        time.sleep(POLL_S)
    return station


def _wait(station: Station, told: dict[int, int], reached: Callable[[StationState], bool]) -> None:
    """Wait for a state; `told` gets the points of each run that the station tells of meanwhile."""
    while not reached(state := station.state()):
        if state.run is not None:
            told[state.run.run_id] = max(told.get(state.run.run_id, 0), state.run.done)
        time.sleep(POLL_S)


def _has_ended(steps: float, state: StationState) -> bool:
    return state.sequence is not None and state.sequence.ended >= steps


def _has_measured(points: int, state: StationState) -> bool:
    """Return True in the middle of a run, or if no further one comes."""
    return _is_over(state) or (state.run is not None and state.run.done >= points)


def _is_held(state: StationState) -> bool:
    return _is_over(state) or (state.sequence is not None and state.sequence.status == "held")


def _is_over(state: StationState) -> bool:
    return state.sequence is None or bool(state.sequence.report)


if __name__ == "__main__":
    main()
