"""`dwmtj runs replay`, as a user types it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import dwmtj

STEPS = ("-p", "amplitude_start_V=1", "-p", "amplitude_step_V=0.5")


def test_a_replay_says_identical_then_names_the_point_that_was_changed(tmp_path: Path) -> None:
    measured = dwmtj(tmp_path, "run", "staircase-write", *STEPS, "--seed", "7")
    assert measured.returncode == 0, measured.stderr
    same = dwmtj(tmp_path, "runs", "replay", "1")
    assert same.returncode == 0, same.stderr
    assert "Run 1, staircase-write on trapezoid: identical to the last digit" in same.stdout
    with closing(sqlite3.connect(tmp_path / "dwmtj.sqlite")) as database, database:
        database.execute("UPDATE points SET resistance_ohm = 77.5 WHERE point = 4")
    changed = dwmtj(tmp_path, "runs", "replay", "1", "--keep")
    assert changed.returncode == 1
    assert "First difference: point 4 (write, cycle 0, 2 V): resistance_ohm 77.5" in changed.stdout
    assert "The replay is run 2." in changed.stdout
    assert "Traceback" not in changed.stderr
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        recorded, replayed = store.runs()
        assert store.points(1)["resistance_ohm"][4] == 77.5
    assert (recorded.status, replayed.status) == (Status.FINISHED, Status.FINISHED)
    assert (replayed.device, replayed.notes) == (
        "virtual-trapezoid, replayed",
        "Replay of run 1.",
    )


def test_a_run_that_cannot_be_replayed_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("V,R\n1,100\n2,90\n3,80\n")
    columns = ("-m", "V=amplitude_V", "-m", "R=resistance_ohm")
    assert dwmtj(tmp_path, "runs", "import", "a.csv", "--device", "A3", *columns).returncode == 0
    refused = dwmtj(tmp_path, "runs", "replay", "1")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: Run 1 was imported")
