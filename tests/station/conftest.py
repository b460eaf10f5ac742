"""Stations in folders of their own, ended after each test."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from dwmtj.station import Activity, NewJob, Station, StationState
from dwmtj.station.station_file import StationFile
from dwmtj.storage.owner import process
from dwmtj.tests.command_line import wait_until

LONG = NewJob("staircase-write", {"amplitude_step_V": 0.001, "cycles": 1000})
SHORT = NewJob("staircase-write", {"amplitude_start_V": 2.0, "amplitude_step_V": 1.0})


@pytest.fixture(scope="module", autouse=True)
def runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the files of a module's stations, which are killed if they still run."""
    folder = tmp_path_factory.mktemp("runtime")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(folder))
        yield folder
        kill(Station.running())


@pytest.fixture(autouse=True)
def no_station_left(runtime_folder: Path) -> Iterator[None]:
    """Kill the stations that a test started and left, so that one that fails fails alone."""
    before = {file.bench for file in Station.running()}  # of the module, or their successors
    yield
    kill(file for file in Station.running() if file.bench not in before)
    wait_until(lambda: before.issuperset(file.bench for file in Station.running()))


def kill(stations: Iterable[StationFile]) -> None:
    for file in stations:
        for each in (file.process, file.successor):
            if each is not None and not each.is_dead():
                with suppress(psutil.NoSuchProcess):  # it has just ended
                    psutil.Process(each.pid).kill()


def opened(station: Station) -> Station:
    """Return the station once its bench is open."""
    wait_for(station, lambda state: state.activity is not Activity.OPENING)
    state = station.state()
    assert state.activity is Activity.IDLE, state.problem
    return station


def wait_for(station: Station, reached: Callable[[StationState], bool]) -> StationState:
    """Wait for as long as it takes; return the state that was reached."""
    states: list[StationState] = []

    def look() -> bool:
        states.append(station.state())
        return reached(states[-1])

    wait_until(look)
    return states[-1]


def under_way(points: int = 1) -> Callable[[StationState], bool]:
    return lambda state: state.run is not None and state.run.done >= points


def idle(state: StationState) -> bool:
    return state.activity is Activity.IDLE


def done(state: StationState) -> bool:
    """Return True once every run of the queue has ended."""
    return idle(state) and not state.queue


def texts(state: StationState) -> str:
    return "\n".join(message.text for message in state.messages)


def has_ended(pid: int) -> bool:
    try:
        return process(pid).is_dead() or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, OSError):
        return True


posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
