"""Sweeps: every task once, whatever is killed; what makes a task another one; bad addresses."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from dwmtj.simulators.sweeps.errors import SweepError
from dwmtj.simulators.sweeps.sweep import Sweep, open_executor
from dwmtj.simulators.sweeps.task import Task, grid
from dwmtj.storage import Store
from dwmtj.tests.command_line import wait_until

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("sweep_to_be_killed.py")
PLACES = 12
SQUARES = f"squares {[place**2 for place in range(PLACES)]}\n"


def spawn(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(command, text=True, env=environment, **options)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A dask scheduler and two workers of one thread, as a user starts them."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    told = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", told)
    parts = [spawn("-m", "distributed.cli.dask_scheduler", *options, **quiet)]
    try:
        wait_until(told.exists, parts[0])
        address = json.loads(told.read_text())["address"]
        worker = ("-m", "distributed.cli.dask_worker", address, "--nthreads", "1")
        plain = ("--no-nanny", "--no-dashboard", "--local-directory", folder)
        parts += [spawn(*worker, *plain, **quiet) for _ in range(2)]
        yield address.replace("tcp://", "dask://"), parts[1:]
    finally:
        for part in parts:
            part.kill()
            part.wait()


def done(log: Path) -> list[str]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [line.split()[1] for line in lines if line.startswith("done")]


def places(database: Path) -> list[int]:
    with Store.open(database) as store:
        return sorted(result.configuration["place"] for result in store.results("squares"))


def test_a_cluster_whose_worker_is_killed_lands_every_result_once(tmp_path: Path) -> None:
    log, database = tmp_path / "log", tmp_path / "s.sqlite"
    with cluster(tmp_path) as (address, workers):
        driver = spawn(SCRIPT, database, address, "1", log, stdout=subprocess.PIPE)
        wait_until(lambda: len(done(log)) >= 4, driver)
        workers[0].send_signal(signal.SIGKILL)
        out, _ = driver.communicate()
    assert driver.returncode == 0, out
    assert out.endswith(SQUARES)
    assert places(database) == list(range(PLACES))
    loaded = [line for line in log.read_text().splitlines() if line.startswith("loaded")]
    assert len(loaded) == len(set(loaded)) <= 2  # once a worker


def test_a_worker_that_is_lost_while_the_setup_is_sent_stops_no_sweep(tmp_path: Path) -> None:
    log, database = tmp_path / "log", tmp_path / "s.sqlite"
    with cluster(tmp_path) as (address, workers):
        with Client(address.replace("dask", "tcp"), set_as_default=False) as client:
            client.wait_for_workers(2)
            workers[0].send_signal(signal.SIGSTOP)  # takes what is sent, and does not answer
            driver = spawn(SCRIPT, database, address, "1", log, stdout=subprocess.PIPE)
            wait_until(
                lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)),
                driver,
            )
        workers[0].send_signal(signal.SIGKILL)
        out, _ = driver.communicate()
    assert driver.returncode == 0, out
    assert out.endswith(SQUARES)


def test_after_a_killed_driver_the_same_command_computes_the_rest(tmp_path: Path) -> None:
    log, database = tmp_path / "log", tmp_path / "s.sqlite"
    driver = spawn(SCRIPT, database, "local", "2", log, stdout=subprocess.PIPE)
    wait_until(lambda: len(places(database)) >= 4, driver)
    driver.kill()
    driver.communicate()
    kept = len(places(database))
    again = spawn(SCRIPT, database, "local", "2", log, stdout=subprocess.PIPE)
    out, _ = again.communicate()
    assert again.returncode == 0
    assert out.startswith(f"missing {PLACES - kept}\n")
    assert out.endswith(SQUARES)
    assert places(database) == list(range(PLACES))
    assert len(done(log)) <= PLACES + 4  # what was finished in between, but not yet kept


def test_a_killed_process_is_told_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    log, database = tmp_path / "log", tmp_path / "s.sqlite"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    driver = spawn(SCRIPT, database, "local", "2", log, **pipes)
    wait_until(lambda: len(places(database)) >= 2, driver)
    os.kill(int(log.read_text().split()[1]), signal.SIGKILL)
    _, told = driver.communicate()
    assert "A process that computed was killed" in told
    kept = places(database)
    assert 2 <= len(kept) < PLACES
    assert len(set(kept)) == len(kept)


def double(_loaded: None, task: Task, advance: Callable[[int], None]) -> dict[str, Any]:
    number = task.configuration["number"]
    if number < 0:
        raise SweepError(f"{number} is negative.")
    advance(1)
    task.context.append(number)
    return {"twice": 2 * number}


def test_equal_tasks_are_computed_once_and_told_each(tmp_path: Path) -> None:
    computed: list[int] = []
    tasks = [
        Task(name, {"number": number}, context=computed)
        for name, number in (("a", 1), ("b", 2), ("c", 1))
    ]
    told: list[tuple[str, int]] = []
    with open_executor() as executor, Store.open(tmp_path / "s.sqlite") as store:
        sweep = Sweep("double", double, store, executor)
        found = sweep.results(tasks, lambda name, steps: told.append((name, steps)))
        assert not sweep.missing(tasks)
        other = [replace(tasks[0], seed=1), replace(tasks[0], configuration={"number": 3})]
        assert sweep.missing(other) == other
        assert len(store.results("double")) == 2
    assert [result.data["twice"] for result in found] == [2, 4, 2]
    assert found[0] == found[2]
    assert computed == [1, 2]
    assert sorted(told) == [("a", 1), ("b", 1), ("c", 1)]


def test_what_fails_ends_the_sweep_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    tasks = [Task(str(n), {"number": n}, context=[]) for n in (1, -2, 3)]
    with open_executor() as executor, Store.open(tmp_path / "s.sqlite") as store:
        with pytest.raises(SweepError, match="-2 is negative"):
            Sweep("double", double, store, executor).results(tasks)
        assert Sweep("double", double, store, executor).missing(tasks) == tasks[1:]


def test_a_configuration_that_is_no_plain_data_has_no_key(tmp_path: Path) -> None:
    with (
        open_executor() as executor,
        Store.open(tmp_path / "s.sqlite") as store,
        pytest.raises(SweepError, match="must be plain data"),
    ):
        Sweep("double", double, store, executor).results([Task("a", {"number": {1}})])


def test_a_grid_has_every_combination() -> None:
    assert grid(seed=[0, 1], noise=[1, 10]) == [
        {"seed": 0, "noise": 1}, {"seed": 0, "noise": 10},
        {"seed": 1, "noise": 1}, {"seed": 1, "noise": 10},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "where",
    ["cluster", "dask://", "dask://host", "dask://host:port", "tcp://host:1", "dask://h:1/x"],
)
def test_what_is_no_executor_is_refused_in_a_sentence(where: str) -> None:
    with pytest.raises(SweepError, match="is no executor"), open_executor(where):
        pass


def test_a_scheduler_that_does_not_answer_or_has_no_worker_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwmtj.simulators.sweeps.dask.TIMEOUT_s", 1.0)
    with (
        pytest.raises(SweepError, match=r"No dask scheduler answers at 127\.0\.0\.1:9"),
        open_executor("dask://127.0.0.1:9"),
    ):
        pass
    with cluster(tmp_path) as (address, workers):
        for worker in workers:
            worker.kill()
            worker.wait()
        with pytest.raises(SweepError, match="has no worker"), open_executor(address):
            pass


def test_without_dask_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dwmtj.simulators.sweeps.sweep.find_spec", lambda _name: None)
    with (
        pytest.raises(SweepError, match=r"pip install 'dwmtj\[cluster\]'"),
        open_executor("dask://host:8786"),
    ):
        pass
