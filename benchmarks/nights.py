"""What is left of nights with power cuts, full disks, faults of instruments and server restarts.

`nights.py --help` lists what a night can have. A sequence is carried out on the devices of the
virtual array, one after another. Its instruments are served over sockets and outlive the station,
which is killed (SIGKILL) in the middle of runs, at random moments of each night, started again and
told to resume. Every device has a staircase and, if that shows levels, a read series; in every
second night a read series fails whose device reads more than 1 kΩ. A run that fails is tried once
more, and after a second failure the sequence continues with the next step.

A disk that runs full in the middle of a run (a file system in memory of its own, which root alone
can mount, filled by another file) holds the sequence; it is resumed once there is room again. With
restarts, every tenth night is stored in a PostgreSQL server of its own, which is restarted in the
middle of runs, instead of a file whose disk is filled. A fault strikes one instrument, chosen like
its kind by lot, at one message; with faults, the source-meter's leads are also off for half a
second of each night.

Checked of each night: every point that a client had been told of is in the store, none is there
twice, every one of them is a reading that the meter truly made, in that order and after that
pulse, a finished run is never repeated, each step has exactly one outcome with the status of its
run, the report exists, every output is off and no limit was passed.
"""

import argparse
import os
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from dwmtj.benchmarks._nights_bench import never_read, night_bench
from dwmtj.benchmarks._nights_events import WatchedStation, is_over
from dwmtj.station.sequences import Night, RunSequence, nights
from dwmtj.station.sequences.night import StepOutcome, with_outcomes
from dwmtj.storage import RunSummary, Status, Store
from dwmtj.tests.postgresql.cluster import Cluster, start_cluster

COLUMNS = 20  # of the virtual array
SEED = 20261127
DISK_SIZE = "1g"
IN_SERVER = 10  # every tenth night, with restarts

Event = Callable[[WatchedStation], None]


def main() -> None:
    """Print what was checked, night by night, and the sums."""
    asked = _asked()
    choose = random.Random(SEED)
    totals: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        _own_disk(Path(folder), wanted=asked.full_disks > 0),
        night_bench(Path(folder)) as bench,
    ):
        os.environ["XDG_RUNTIME_DIR"] = folder
        os.chdir(folder)  # where the reports go
        server = start_cluster(os.getpid()) if asked.restarts else None
        in_server = "" if server is None else server.new_database()
        watched: WatchedStation | None = None
        for number in range(1, asked.nights + 1):
            began_s = time.monotonic()
            restarted = server if number % IN_SERVER == 0 else None
            database = f"{folder}/lab.sqlite" if restarted is None else in_server
            if watched is None or watched.database != database:
                if watched is not None:
                    watched.station.shut_down()
                watched = WatchedStation(bench, database, choose)
            found = _night(watched, _sequence(number, asked), _events(asked, restarted), choose)
            totals.update(found)
            print(f"night {number}: {found}, {time.monotonic() - began_s:.0f} s", flush=True)
        if watched is not None:
            watched.station.shut_down()
        os.chdir("/")
    print(f"{asked.nights} nights of {asked.devices} devices: {dict(totals)}")
    print(f"faults: {dict(bench.struck)}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default, of_what in (
        ("--nights", 2, "nights"),
        ("--devices", 5, "devices of each night"),
        ("--cycles", 30, "cycles of a staircase of 17 amplitudes"),
        ("--readings", 30, "readings of a series; with 0, there is none"),
        ("--kills", 2, "kills a night"),
        ("--faults", 2, "faults of instruments a night"),
        ("--full-disks", 0, "full disks a night, as root"),
        ("--restarts", 0, "restarts of a server in every tenth night, as root"),
    ):
        parser.add_argument(name, type=int, default=default, help=f"{of_what} (default {default})")
    return parser.parse_args()


def _events(asked: argparse.Namespace, server: Cluster | None) -> list[Event]:
    """Return what happens in a night; the disk of a server is not filled."""
    events: list[Event] = [WatchedStation.kill] * asked.kills
    events += [WatchedStation.misbehave] * asked.faults
    events += [WatchedStation.open_contact] * (asked.faults > 0)
    if server is None:
        return events + [WatchedStation.fill_disk] * asked.full_disks
    return events + [partial(WatchedStation.restart, server=server)] * asked.restarts


def _sequence(night: int, asked: argparse.Namespace) -> RunSequence:
    ladder = {"amplitude_start_V": 1.0, "amplitude_stop_V": 5.0, "amplitude_step_V": 0.25}
    array = {"read_current_A": 20e-6, "saturation_field_T": -0.12, "bias_field_T": -4e-3}
    steps: list[dict[str, Any]] = [
        {
            "name": "stairs",
            "protocol": "staircase-write",
            "parameters": {**ladder, **array, "cycles": asked.cycles},
        },
        {
            "name": "drift",
            "protocol": "read-series",
            "parameters": {**array, "readings": asked.readings, "interval_s": 0.01},
            "when": "stairs.number_of_levels >= 2",
        },
    ]
    places = [
        {"name": f"r{i // COLUMNS}c{i % COLUMNS}", "row": i // COLUMNS, "column": i % COLUMNS}
        for i in range(asked.devices)
    ]
    if asked.readings == 0:
        del steps[1]
    elif night % 2 == 0:
        steps[1]["stop_if"] = "resistance_ohm > 1000"
    document = {"name": f"night {night}", "on_failure": "next step", "retries": 1}
    return RunSequence.model_validate({**document, "device": places, "step": steps})


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
    watched: WatchedStation, sequence: RunSequence, events: list[Event], choose: random.Random
) -> dict[str, int]:
    tag = watched.station.begin_sequence(sequence)
    steps, points = len(sequence.device) * len(sequence.step), _points_of_staircase(sequence)
    choose.shuffle(events)
    moments = sorted(choose.uniform(0.0, 0.9) for _ in events)
    for moment, event in zip(moments, events, strict=True):
        watched.wait_for_run(moment * steps, choose.randrange(1, points))
        event(watched)
        watched.go_on()
    watched.wait(is_over)
    watched.bench.count_struck()
    watched.bench.check_outputs()
    with Store.open(watched.database) as store:
        night = with_outcomes(store, next(each for each in nights(store) if each.tag == tag))
        return _checked(store, night, steps, watched)


def _points_of_staircase(sequence: RunSequence) -> int:
    parameters = sequence.step[0].parameters
    return 17 * int(parameters["cycles"])


def _checked(store: Store, night: Night, steps: int, watched: WatchedStation) -> dict[str, int]:
    runs = night.runs(store)
    assert night.end == "finished", night.end_detail
    assert len({outcome.title for outcome in night.outcomes}) == len(night.outcomes) == steps
    assert len({run.tags for run in runs}) == len(runs), "a step was run twice"
    statuses = {run.id: run.status for run in runs}
    for outcome in night.outcomes:
        if outcome.run is not None:
            assert statuses[outcome.run] == outcome.status, outcome
    assert all(run.attempt == watched.finished.get(run.id, run.attempt) for run in runs)
    assert list(Path().glob(f"{night.name.replace(' ', '-')}-*.html"))
    for outcome in night.outcomes:
        if outcome.status == "failed" and not _is_wanted(outcome):
            print(f"  {outcome.title}: {outcome.detail}")
    how = Counter(outcome.status for outcome in night.outcomes)
    return {
        "steps": len(night.outcomes),
        "runs": len(runs),
        "points": sum(run.points for run in runs),
        "resumed": sum(run.attempt > 1 for run in runs),
        "failed": how["failed"],
        "failed as wanted": sum(map(_is_wanted, night.outcomes)),
        "skipped": how["skipped"],
        "lost": sum(max(0, watched.told.get(run.id, 0) - run.points) for run in runs),
        "repeated": sum(_repeated(store, run) for run in runs),
        "never read": never_read(store, [run.id for run in runs], watched.bench.take_readings()),
    }


def _is_wanted(outcome: StepOutcome) -> bool:
    """Return True for a step that failed since its device reads more than 1 kΩ."""
    return outcome.status == "failed" and "resistance_ohm" in outcome.detail


def _repeated(store: Store, run: RunSummary) -> int:
    """Return how many points a run has beyond those that it was to measure."""
    beyond = len(store.points(run.id)) - (run.points_expected or 0)
    assert beyond >= 0 or run.status is not Status.FINISHED, run
    return max(0, beyond)


if __name__ == "__main__":
    main()
