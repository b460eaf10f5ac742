import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dwmtj.storage import Status, Store

HERE = Path(__file__).parent
CHILD = HERE / "run_to_be_killed.py"
EXPECTED_POINTS = 15_000


@contextmanager
def counting(database: Path | str, *resume: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that counts into the database and has committed its first point."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(database), *resume],
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline()
            yield child
        finally:
            child.kill()


def lines_of(child: "subprocess.Popen[str]") -> list[str]:
    assert child.stdout is not None
    return child.stdout.read().splitlines(keepends=True)


def test_a_killed_run_keeps_every_committed_point_and_can_be_resumed(tmp_path: Path) -> None:
    """Five kills at random moments, in a row of the same run."""
    moments = random.Random(20)
    database = tmp_path / "lab.sqlite"
    for attempt in range(1, 6):
        resume = ["1"] if attempt > 1 else []
        with counting(database, *resume) as child:
            time.sleep(moments.uniform(0, 0.06))
            child.kill()
            lines = lines_of(child)
        assert "safe\n" not in lines
        acknowledged = {float(line) for line in lines if line.endswith("\n")}
        with Store.open(database) as store:
            (summary,) = store.runs()
            everything = store.points(1, all_attempts=True)
        assert (summary.status, summary.attempt) == (Status.INTERRUPTED, attempt)
        assert acknowledged <= set(everything["time_s"])
        assert list(everything.index) == list(range(len(everything)))
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    with counting(database, "1") as child:
        assert lines_of(child)[-1] == "safe\n"
    with Store.open(database) as store:
        (summary,) = store.runs()
        points = store.points(1)
    assert (summary.status, summary.points) == (Status.FINISHED, EXPECTED_POINTS)
    assert list(points["time_s"]) == [float(serial) for serial in range(EXPECTED_POINTS)]


if sys.platform != "win32":  # where no process can ask another to end in order

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_run_whose_process_is_asked_to_end_is_made_safe_and_aborted(
        tmp_path: Path, number: signal.Signals
    ) -> None:
        database = tmp_path / "lab.sqlite"
        with counting(database) as child:
            child.send_signal(number)
            lines = lines_of(child)
        assert lines[-1] == "safe\n"
        assert child.returncode != 0
        acknowledged = {float(line) for line in lines[:-1]}
        with Store.open(database) as store:
            assert store.runs()[0].status is Status.ABORTED
            assert acknowledged <= set(store.points(1)["time_s"])
