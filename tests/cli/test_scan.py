"""A scan of a parameter on the command line: one run each, kept together, stopped and resumed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import dwmtj

SCAN = (
    *("run", "staircase-write", "--seed", "7", "--notes", "W7"),
    *("-p", "amplitude_start_V=3", "-p", "amplitude_step_V=0.5"),
    *("--scan", "pulse_width_s=20ns,50ns", "--scan", "cycles=1,2"),
)
VALUES = [(20e-9, 1), (20e-9, 2), (50e-9, 1), (50e-9, 2)]


def scanned(folder: Path) -> list[tuple[float, int]]:
    with Store.open(folder / "dwmtj.sqlite") as store:
        parameters = [store.run(run.id).parameters for run in store.runs()]
    return [(each["pulse_width_s"], each["cycles"]) for each in parameters]


def test_each_combination_is_a_run_of_its_own_under_a_common_tag(tmp_path: Path) -> None:
    result = dwmtj(tmp_path, *SCAN)
    assert result.returncode == 0, result.stderr
    assert "run 2 of 4: pulse_width_s = 20 ns, cycles = 2: run 2, finished, 10" in result.stdout
    assert scanned(tmp_path) == VALUES
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        runs = store.runs()
        alike = [store.points(number)["resistance_ohm"].tolist() for number in (3, 4)]
    (tag,) = {tag for run in runs for tag in run.tags}
    assert tag.startswith("scan 2")
    assert {run.status for run in runs} == {Status.FINISHED}
    assert runs[3].notes == "W7; scan, run 4 of 4: pulse_width_s = 50 ns, cycles = 2"
    assert alike[0] == alike[1][: len(alike[0])]  # each run has the seed's device for itself


def test_a_stopped_scan_is_resumed_where_it_stopped(tmp_path: Path) -> None:
    stopping = dwmtj(tmp_path, *SCAN, "--stop-if", "cycle > 0")
    assert stopping.returncode == 1
    assert scanned(tmp_path) == VALUES[:2]
    assert "--scan pulse_width_s=20ns,50ns --scan cycles=1,2 --resume 2" in stopping.stderr
    with closing(sqlite3.connect(tmp_path / "dwmtj.sqlite")) as database, database:
        (failed,) = database.execute("SELECT count(*) FROM runs WHERE status = 'failed'").fetchone()
    assert failed == 1
    resumed = dwmtj(
        tmp_path, "run", "staircase-write", "--resume", "2", *SCAN[SCAN.index("--scan") :]
    )
    assert resumed.returncode == 0, resumed.stderr
    assert "run 1 of 4: pulse_width_s = 20 ns, cycles = 1: run 1 is finished already" in (
        resumed.stdout
    )
    assert scanned(tmp_path) == VALUES
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        runs = store.runs()
    assert [run.attempt for run in runs] == [1, 2, 1, 1]
    assert {run.status for run in runs} == {Status.FINISHED}
    assert len({run.tags for run in runs}) == 1


def test_a_dry_run_shows_every_run_of_a_scan_and_stores_nothing(tmp_path: Path) -> None:
    result = dwmtj(tmp_path, *SCAN, "--dry-run")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("a dry run") == 4
    assert "run 4 of 4: pulse_width_s = 50 ns, cycles = 2" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_scan_of_which_one_run_is_beyond_a_limit_does_not_begin(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    told = refused(tmp_path, *SCAN[:-4], "--scan", "amplitude_stop_V=4,7")
    assert "beyond the bench's limit" in told
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_no_scan_is_not_resumed_as_one(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    assert dwmtj(tmp_path, "run", "saturate").returncode == 0
    told = refused(tmp_path, "run", "saturate", "--scan", "bias_field_T=0mT,1mT", "--resume", "1")
    assert "belongs to no scan" in told
