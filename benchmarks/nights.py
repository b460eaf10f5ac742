"""What is left of nights with power cuts: `nights.py [NIGHTS [DEVICES [KILLS]]]`.

A sequence is carried out on the devices of the virtual array, one after another, by a station that
is killed (SIGKILL) in the middle of runs, at random moments of each night, started again and told
to resume. Every device has a staircase and, if that shows levels, a read series; in every second
night a read series fails whose device reads more than 1 kΩ.

Checked of each night: every point that a client had been told of is in the store, a finished run is
never repeated, each step has exactly one outcome with the status of its run, and the report exists.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dwmtj.station import Activity, Station, StationState
from dwmtj.station.sequences import Night, RunSequence, nights
from dwmtj.station.sequences.night import with_outcomes
from dwmtj.storage import Status, Store

COLUMNS = 20  # of the virtual array
SEED = 20261127
POLL_S = 0.02


def main() -> None:
    """Print what was checked, night by night, and the sums."""
    numbers = [*map(int, sys.argv[1:]), *(5, 64, 2)[len(sys.argv) - 1 :]]
    count, devices, kills = numbers[:3]
    choose = random.Random(SEED)
    totals = dict.fromkeys(("steps", "runs", "points", "kills", "resumed", "failed", "lost"), 0)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        database = Path(folder) / "lab.sqlite"
        for number in range(1, count + 1):
            began_s = time.monotonic()
            found = _night(database, _sequence(number, devices), kills, choose)
            for name, value in found.items():
                totals[name] += value
            print(f"night {number}: {found}, {time.monotonic() - began_s:.0f} s", flush=True)
    print(f"{count} nights of {devices} devices: {totals}")


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


def _night(
    database: Path, sequence: RunSequence, kills: int, choose: random.Random
) -> dict[str, int]:
    station = _start(database)
    tag = station.begin_sequence(sequence)
    steps = 2 * len(sequence.device)
    moments = sorted(choose.uniform(0.0, 0.9) for _ in range(kills))
    told: dict[int, int] = {}
    finished: dict[int, int] = {}  # attempts of runs that had finished before a kill
    for moment in moments:
        _wait(station, told, partial(_has_ended, moment * steps))
        _wait(station, told, partial(_has_measured, choose.randrange(1, 400)))
        os.kill(station.state().pid, signal.SIGKILL)
        with Store.open(database) as store:
            done = [run for run in store.runs() if run.status is Status.FINISHED]
            finished |= {run.id: run.attempt for run in done}
        station = _start(database)
        if station.state().sequence is not None and not _is_over(station.state()):
            station.resume_sequence()
    _wait(station, told, _is_over)
    station.shut_down()
    with Store.open(database) as store:
        night = with_outcomes(store, next(each for each in nights(store) if each.tag == tag))
        return _checked(store, night, steps, told, finished, kills)


def _checked(
    store: Store,
    night: Night,
    steps: int,
    told: dict[int, int],
    finished: dict[int, int],
    kills: int,
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
    assert list(store.path.parent.glob(f"{night.name.replace(' ', '-')}-*.html"))
    return {
        "steps": len(night.outcomes),
        "runs": len(runs),
        "points": sum(run.points for run in runs),
        "kills": kills,
        "resumed": sum(run.attempt > 1 for run in runs),
        "failed": sum(outcome.status == "failed" for outcome in night.outcomes),
        "lost": lost,
    }


def _start(database: Path) -> Station:
    station = Station.start("virtual-array", database=str(database))
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


def _is_over(state: StationState) -> bool:
    return state.sequence is None or bool(state.sequence.report)


if __name__ == "__main__":
    main()
