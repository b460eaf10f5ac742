"""A station runs what its clients queue, whatever becomes of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dwmtj.station import Activity, NewJob, Station, StationError
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.station.conftest import (
    LONG,
    SHORT,
    done,
    has_ended,
    idle,
    opened,
    posix,
    texts,
    under_way,
    wait_for,
)

CLIENT = """
import sys, time
from dwmtj.station import NewJob, Station
station = Station.connect()
station.add(NewJob("staircase-write", {"amplitude_step_V": 0.002, "cycles": 2}))
print("added", flush=True)
while True:
    station.state()
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("station") / "lab.sqlite"


@pytest.fixture(scope="module")
def the_station(database: Path, runtime_folder: Path) -> Station:
    return opened(Station.start("virtual-trapezoid", database=str(database)))


@pytest.fixture
def station(the_station: Station) -> Iterator[Station]:
    """The station of the module, idle, with nothing queued; it is slow to start."""
    yield the_station
    if the_station.state().activity is not Activity.IDLE:
        the_station.stop()
    for job in wait_for(the_station, idle).queue:
        the_station.remove(job.number)
    the_station.hold(False)


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with Store.open(database, read_only=True) as opened_store:
        yield opened_store


def test_a_window_that_could_not_join_the_station_is_not_opened(
    station: Station, tmp_path: Path
) -> None:
    """It would show a bench that its STOP does not reach."""
    from dwmtj.gui.application import run_window

    assert station.state().activity is Activity.IDLE
    with pytest.raises(StationError, match="end it first"):
        run_window("virtual-trapezoid", str(tmp_path / "other.sqlite"))


def test_runs_of_a_client_are_stored_in_order_and_told(station: Station, store: Store) -> None:
    station.add(NewJob("saturate", notes="first", operator="Ada", hold_after=True))
    station.add(SHORT)
    held = wait_for(station, lambda state: idle(state) and len(state.queue) == 1)
    assert held.held
    assert held.reading is not None and held.reading.resistance_ohm
    station.hold(False)
    state = wait_for(station, done)
    assert texts(state) == "Run 1 is finished.\nRun 2 is finished."
    assert texts(station.state(state.messages[0].number)) == "Run 2 is finished."
    assert {each.state for each in state.instruments} == {"ready"}
    first, second = store.runs()
    assert (first.status, first.notes, first.operator) == (Status.FINISHED, "first", "Ada")
    assert second.points == len(store.points_after(2)["point"]) == 5


def test_a_client_that_is_killed_changes_nothing_and_the_next_one_finds_the_run(
    station: Station, store: Store
) -> None:
    client = subprocess.Popen([sys.executable, "-c", CLIENT], stdout=subprocess.PIPE)
    assert client.stdout is not None and client.stdout.readline() == b"added\n"
    wait_for(station, under_way())
    client.kill()
    client.communicate()
    with Station.connect("virtual-trapezoid") as another:
        wait_for(another, done)
    assert store.runs()[-1].status is Status.FINISHED


def test_a_run_is_paused_resumed_and_stopped_and_later_resumed_from_the_store(
    station: Station, store: Store
) -> None:
    station.add(NewJob("read-series", {"readings": 20, "interval_s": 0, "cycles": 200}, seed=3))
    station.add(SHORT)
    run = wait_for(station, under_way()).run
    assert run is not None
    station.pause()
    paused = wait_for(station, lambda state: state.run is not None and state.run.paused)
    assert paused.activity is Activity.RUNNING
    station.resume()
    wait_for(station, under_way(30))
    station.stop()
    stopped = wait_for(station, idle)
    assert stopped.held and len(stopped.queue) == 1
    assert f"Run {run.run_id} was stopped." in texts(stopped)
    assert {each.state for each in stopped.instruments} == {"safe", "ready"}
    station.add(NewJob("read-series", resume=run.run_id), position=0)
    assert station.state().queue[0].new.parameters == store.run(run.run_id).parameters
    station.hold(False)
    wait_for(station, done)
    record = store.run(run.run_id)
    assert [attempt.status for attempt in record.attempts] == [Status.ABORTED, Status.FINISHED]
    assert record.summary.points == 200 * 22


def test_a_seed_gives_a_run_a_fresh_device(station: Station, store: Store) -> None:
    for seed in (5, 5, 6):
        station.add(NewJob("staircase-write", {"amplitude_step_V": 0.1}, seed=seed))
    wait_for(station, done)
    runs = [run.id for run in store.runs()][-3:]
    first, again, other = (store.points_after(run)["resistance_ohm"].tolist() for run in runs)
    assert [store.run(run).attempts[0].seed for run in runs] == [5, 5, 6]
    assert first == again != other


def test_what_cannot_be_run_is_refused_in_a_sentence_and_not_queued(
    station: Station, database: Path
) -> None:
    with Store.open(database) as other:
        writer = other.begin_run("saturate", "W7", parameters={}, bench={})
        writer.finish(Status.ABORTED)
        elsewhere = writer.run_id
    refused = {
        "did you mean 'staircase-write'": NewJob("staircase-wirte"),
        "beyond the bench's limit of 6 V": NewJob("reset", {"amplitude_stop_V": 7.0}),
        "does not measure": NewJob("reset", stop_if="temperature_K > 300"),
        "The seed is -1": NewJob("reset", seed=-1),
        "There is no run 999": NewJob("reset", resume=999),
        "was measured on W7, and this bench has": NewJob("saturate", resume=elsewhere),
    }
    for sentence, job in refused.items():
        with pytest.raises(StationError, match=sentence):
            station.add(job)
    assert station.state().queue == ()


@posix
def test_the_queue_is_ordered_edited_and_outlives_a_process_that_hangs(station: Station) -> None:
    station.hold(True)
    first, second = station.add(SHORT), station.add(LONG)
    copy = station.duplicate(first)
    station.move(second, 0)
    station.edit(copy, NewJob("saturate"))
    with pytest.raises(StationError, match="no run with the number 99"):
        station.remove(99)
    before = station.state()
    assert [job.number for job in before.queue] == [second, first, copy]
    assert before.queue[2].new.protocol == "saturate"
    assert before.queue[1].points == 5 and before.queue[0].duration_s > 1
    os.kill(before.pid, signal.SIGSTOP)  # nothing in it answers any more
    station.stop()
    after = wait_for(station, lambda state: idle(state) and state.pid != before.pid)
    assert after.queue == before.queue
    assert after.held
    assert after.messages[0].number > before.messages[-1].number


def test_by_hand_a_pulse_a_reading_and_a_field_within_the_limits(station: Station) -> None:
    shape = {"width_s": 50e-9, "rise_s": 10e-9, "fall_s": 10e-9}
    assert station.go_to_field(0.02) == pytest.approx(0.02, abs=2e-4)
    station.pulse(2.0, **shape)
    reading = station.read(100e-6)
    assert reading.resistance_ohm == pytest.approx(60, abs=40)
    by_hand = station.state()
    assert by_hand.activity is Activity.BY_HAND
    assert by_hand.reading == reading
    assert {each.state for each in by_hand.instruments if each.name != "gaussmeter"} == {"on"}
    for beyond in (
        lambda: station.pulse(6.1, **shape),
        lambda: station.read(1.0),
        lambda: station.go_to_field(-0.2),
    ):
        with pytest.raises(StationError, match="beyond the bench's limit"):
            beyond()
    assert station.state().activity is Activity.BY_HAND
    station.make_safe()
    assert station.state().activity is Activity.IDLE
    station.check()
    station.add(LONG)
    wait_for(station, under_way())
    for during in (lambda: station.read(100e-6), station.make_safe, station.check):
        with pytest.raises(StationError, match="A run is under way"):
            during()


def test_a_station_that_is_shut_down_leaves_no_file_but_its_log(
    the_station: Station, runtime_folder: Path
) -> None:
    station = the_station
    pid = station.state().pid
    station.add(SHORT)
    station.shut_down(when_idle=True)
    wait_until(lambda: has_ended(pid))
    assert {path.suffix for path in (runtime_folder / "dwmtj").iterdir()} <= {".log", ".lock"}
    with pytest.raises(StationError, match="No station is running"):
        Station.connect()
    with pytest.raises(StationError, match="has ended"):
        station.state()
