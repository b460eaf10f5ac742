"""Runs into PostgreSQL: what survives a killed process, and a server that goes away."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dwmtj.protocols.running.runner import run
from dwmtj.storage import Status, Store, StoreError
from dwmtj.tests.postgresql.cluster import Cluster, start_cluster, why_not
from dwmtj.tests.protocols.running.test_runner import Counting, NotingBench
from dwmtj.tests.protocols.running.test_runner_killed import counting, lines_of


@pytest.fixture(scope="module")
def own_server() -> Cluster:
    """A server that tests may stop; it ends with this process."""
    if reason := why_not():
        pytest.skip(reason)
    return start_cluster(os.getpid())


@pytest.fixture
def place(own_server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield own_server.new_database()


def disturbed(when: int, disturb: Callable[[], None]) -> Counting:
    return Counting(disturb=lambda serial: disturb() if serial == when else None)


def test_a_killed_run_keeps_every_committed_point_and_can_be_resumed(place: str) -> None:
    for attempt in (1, 2):
        with counting(place, *(["1"] if attempt > 1 else [])) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(249)]
            child.kill()
            lines += lines_of(child)
        acknowledged = {float(line) for line in lines if line.endswith("\n")}
        with Store.open(place) as store:
            (summary,) = store.runs()
            points = store.points(1, all_attempts=True)
        assert (summary.status, summary.attempt) == (Status.INTERRUPTED, attempt)
        assert acknowledged <= set(points["time_s"])
        assert list(points.index) == list(range(len(points)))


def test_a_restart_of_the_server_ends_a_run_safe_and_failed_and_it_is_resumed(
    own_server: Cluster, place: str
) -> None:
    bench = NotingBench()
    with Store.open(place) as store:
        with pytest.raises(StoreError, match="was stopped or restarted"):
            run(disturbed(6, lambda: own_server.control("restart")), bench, store)
        assert bench.notes[-1] == "safe"
        (summary,) = store.runs()
        assert (summary.status, summary.points) == (Status.FAILED, 6)
        assert "was stopped or restarted" in (summary.message or "")
        assert run(Counting(), NotingBench(), store, resume=1).status is Status.FINISHED
        assert store.points(1)["time_s"].tolist() == [float(serial) for serial in range(12)]


def test_the_end_of_a_run_whose_server_is_gone_is_stored_when_it_is_back(
    own_server: Cluster, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = NotingBench()
    with Store.open(place) as store:
        with pytest.raises(StoreError, match="was stopped or restarted"):
            run(disturbed(6, lambda: own_server.control("stop")), bench, store)
        assert bench.notes[-1] == "safe"
        assert "The end of run 1 (failed) is kept in" in caplog.text
        with pytest.raises(StoreError, match="cannot be reached, or the connection was lost"):
            store.runs()
        own_server.control("start")
        (summary,) = store.runs()
        assert (summary.status, summary.points) == (Status.FAILED, 6)
        assert run(Counting(), NotingBench(), store, resume=1).points == 12
