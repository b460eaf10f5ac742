"""Whatever ends a run or its process, the outputs are off: asked of the instruments themselves."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from dwmtj.station import Activity, Station, StationState
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, off, served_bench
from dwmtj.tests.station.conftest import (
    LONG,
    SHORT,
    done,
    has_ended,
    idle,
    opened,
    posix,
    under_way,
    wait_for,
)
from dwmtj.tests.station.hanging_wire import HangingWire

METER = "2400"
METER_NAME = "resistance meter"
UNUSED_S = 6.0
"""Longer than any pause between two calls of a test on a busy machine."""


@pytest.fixture
def served() -> Iterator[TcpBench]:
    with served_bench() as bench:
        yield bench


@pytest.fixture
def wire(served: TcpBench) -> Iterator[HangingWire]:
    """A wire to the meter, which the bench file of the served bench leads to."""
    wire = HangingWire(int(served.addresses[METER].split("::")[2]))
    yield wire
    wire.close()


def generator_off(bench: TcpBench) -> bool:
    return bench.ask("81160A", ":OUTP1?") == "0"


def state_of(name: str, state: StationState) -> str:
    return next(each.state for each in state.instruments if each.name == name)


def file_through(wire: HangingWire, served: TcpBench, folder: Path) -> Path:
    """Write a bench file with the wire to the meter, and a meter that is waited for 5 s."""
    port = served.addresses[METER].split("::")[2]
    path = folder / "bench.toml"
    lines = served.text.replace(f"::{port}::", f"::{wire.own_port}::").splitlines()
    meter = lines.index('driver = "Keithley2400"')
    path.write_text("\n".join([*lines[: meter + 1], "timeout_s = 5", *lines[meter + 1 :]]) + "\n")
    return path


@posix
def test_a_stop_and_a_sigterm_end_the_run_with_every_output_off(
    served: TcpBench, tmp_path: Path
) -> None:
    database = tmp_path / "lab.sqlite"
    station = opened(Station.start(str(served.write(tmp_path)), database=str(database)))
    pid = station.state().pid
    station.add(LONG)
    station.add(LONG)
    wait_for(station, under_way())
    assert served.outputs() == ["1", "1", "1"]
    station.stop()
    stopped = wait_for(station, idle)
    assert served.outputs() == ["0", "0", "0"]
    assert [each.state for each in stopped.instruments if each.name != "gaussmeter"] == 3 * ["safe"]
    station.hold(False)
    wait_for(station, under_way())
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: has_ended(pid))
    assert served.outputs() == ["0", "0", "0"]
    assert Station.running() == []
    with Store.open(database) as store:
        assert [run.status for run in store.runs()] == [Status.ABORTED, Status.ABORTED]


@posix
def test_a_hung_meter_keeps_nothing_else_on_is_named_and_replaced_at_the_second_stop(
    served: TcpBench, wire: HangingWire, tmp_path: Path
) -> None:
    database = tmp_path / "lab.sqlite"
    bench = file_through(wire, served, tmp_path)
    station = opened(Station.start(str(bench), database=str(database)))
    pid = station.state().pid
    station.add(LONG)
    station.add(SHORT)
    wait_for(station, under_way())
    wire.hang()
    station.stop()
    wait_until(lambda: generator_off(served))
    assert station.state().pid == pid, "it waited until the process was replaced"
    hung = wait_for(
        station, lambda state: state_of(METER_NAME, state) in ("making safe", "not safe")
    )
    assert hung.activity is Activity.STOPPING and hung.stop is not None
    wait_for(station, lambda state: state_of("pulse generator", state) == "safe")
    assert served.ask(METER, ":OUTP?") == "1"
    station.stop()
    fresh = wait_for(
        station, lambda state: state.pid != pid and state.activity is Activity.NOT_OPEN
    )
    assert state_of(METER_NAME, fresh) in ("not safe", "no answer")
    assert state_of("pulse generator", fresh) == state_of("magnet supply", fresh) == "safe"
    assert fresh.problem is not None and METER_NAME in fresh.problem
    assert fresh.held and [job.new for job in fresh.queue] == [SHORT]
    assert served.ask("BOP 36-12", "OUTP?") == "0"

    wire.recover()
    station.check()
    assert station.state().activity is Activity.IDLE
    assert served.outputs() == ["0", "0", "0"]
    station.add(LONG, position=0)
    station.hold(False)
    run = wait_for(station, under_way()).run
    assert run is not None
    os.kill(station.state().pid, signal.SIGKILL)
    wait_until(off(served))
    assert Station.running() == []
    with Store.open(database) as store:
        assert store.run(run.run_id).summary.status is Status.INTERRUPTED


@posix
def test_a_station_ends_with_the_last_of_its_clients_and_not_with_the_one_that_started_it(
    served: TcpBench, tmp_path: Path
) -> None:
    bench, database = str(served.write(tmp_path)), str(tmp_path / "lab.sqlite")
    first = opened(Station.start(bench, database=database, end_unused_after_s=600.0))
    pid = first.state().pid
    second = Station.start(bench, database=database, end_unused_after_s=600.0)
    assert second.state().pid == pid
    first.leave()
    second.add(SHORT)
    wait_for(second, done)
    assert second.state().pid == pid, "it ended under the second client"
    second.leave()
    wait_until(lambda: has_ended(pid))
    assert Station.running() == []
    assert served.outputs() == ["0", "0", "0"]


@posix
def test_a_station_left_with_a_run_ends_some_time_after_it_and_makes_safe_what_was_set_by_hand(
    served: TcpBench, tmp_path: Path
) -> None:
    bench, database = str(served.write(tmp_path)), tmp_path / "lab.sqlite"
    station = opened(Station.start(bench, database=str(database), end_unused_after_s=UNUSED_S))
    pid = station.state().pid
    station.add(SHORT)
    station.leave()
    wait_until(lambda: has_ended(pid))
    with Store.open(database) as store:
        assert [run.status for run in store.runs()] == [Status.FINISHED]
    station = opened(Station.start(bench, database=str(database), end_unused_after_s=UNUSED_S))
    pid = station.state().pid
    station.read(50e-6)
    assert served.ask(METER, ":OUTP?") == "1"
    wait_until(lambda: has_ended(pid))
    assert served.outputs() == ["0", "0", "0"]


@posix
def test_a_held_queue_is_stored_and_keeps_no_station(served: TcpBench, tmp_path: Path) -> None:
    bench, database = str(served.write(tmp_path)), str(tmp_path / "lab.sqlite")
    station = opened(Station.start(bench, database=database, end_unused_after_s=600.0))
    station.hold(True)
    station.add(SHORT)
    station.shut_down()
    wait_until(lambda: Station.running() == [])
    Station.start(bench, database=database, end_unused_after_s=2.0)  # nobody asks it anything
    wait_until(lambda: Station.running() == [])
    station = opened(Station.start(bench, database=database, end_unused_after_s=600.0))
    state = station.state()
    assert state.held and [job.new for job in state.queue] == [SHORT]
    station.shut_down()


@posix
def test_a_station_that_somebody_starts_by_hand_stays(served: TcpBench, tmp_path: Path) -> None:
    bench, database = str(served.write(tmp_path)), str(tmp_path / "lab.sqlite")
    window = opened(Station.start(bench, database=database, end_unused_after_s=600.0))
    with Station.start(bench, database=database) as by_hand:
        pid = by_hand.state().pid
    window.replace()  # what stays, stays when its process is replaced
    wait_for(window, lambda state: state.pid != pid and idle(state))
    window.leave()
    sleep(2.0)
    assert opened(Station.connect(bench)).state().activity is Activity.IDLE
