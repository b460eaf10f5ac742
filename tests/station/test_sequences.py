"""A station that was killed continues its sequence where it was."""

import os
import signal
from pathlib import Path
from urllib.request import urlopen

from dwmtj.station import Station, StationState
from dwmtj.station.sequences import RunSequence, nights
from dwmtj.station.sequences.night import with_outcomes
from dwmtj.station.watching import WatchServer
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.station.conftest import has_ended, opened, posix, wait_for

NIGHT = {
    "name": "night",
    "step": [
        {"name": "first", "protocol": "saturate"},
        {
            "name": "long",
            "protocol": "staircase-write",
            "parameters": {"amplitude_start_V": 2.0, "amplitude_step_V": 0.5, "cycles": 300},
        },
        {"name": "last", "protocol": "saturate"},
    ],
}


def in_the_long_run(state: StationState) -> bool:
    run = state.run
    return run is not None and run.protocol == "staircase-write" and run.cycle > 3


@posix
def test_a_station_that_was_killed_resumes_its_sequence_without_losing_a_point(
    tmp_path: Path,
) -> None:
    database = tmp_path / "lab.sqlite"
    station = opened(Station.start("virtual-trapezoid", database=str(database)))
    pid = station.state().pid
    tag = station.begin_sequence(RunSequence.model_validate(NIGHT))
    shown = wait_for(station, in_the_long_run).sequence
    assert shown is not None
    assert (shown.tag, shown.status, shown.step, shown.ended) == (tag, "running", "long", 1)
    watching = WatchServer("virtual-trapezoid")
    with urlopen(watching.url) as answer:
        page = answer.read().decode()
    watching.close()
    assert f"Sequence {tag}" in page and "1 of 3 steps" in page and '<path d="M' in page
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: has_ended(pid))
    with Store.open(database) as store:
        (night,) = nights(store)
        assert [run.status for run in night.runs(store)] == [Status.FINISHED, Status.INTERRUPTED]
        stored = store.points(2, all_attempts=True)
    station = opened(Station.start("virtual-trapezoid", database=str(database)))
    left = station.state()
    assert left.sequence is not None and left.sequence.status == "held"
    assert f"Sequence {tag} has not ended" in left.messages[0].text
    station.resume_sequence()
    ended = wait_for(
        station, lambda state: state.sequence is not None and bool(state.sequence.report)
    )
    assert ended.sequence is not None
    assert (ended.sequence.status, ended.sequence.ended, ended.sequence.failed) == (
        "finished",
        3,
        0,
    )
    with Store.open(database) as store:
        night = with_outcomes(store, night)
        runs = night.runs(store)
        assert [outcome.run for outcome in night.outcomes] == [1, 2, 3]
        assert [(run.attempt, run.status) for run in runs] == [
            (1, Status.FINISHED),
            (2, Status.FINISHED),
            (1, Status.FINISHED),
        ]
        again = store.points(2, all_attempts=True)
        assert again.iloc[: len(stored)].equals(stored), "a committed point was lost"
        assert len(store.points(2)) == runs[1].points_expected
    assert Path(ended.sequence.report).is_file()
    station.shut_down()
