"""What a run prints and ends with is what is stored, whatever happens around its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli import app
from dwmtj.cli.measure import ProgressBar, _stored
from dwmtj.protocols import PointMeasured, RunStarted
from dwmtj.storage import Point, Status, Store
from dwmtj.tests.command_line import command, started, stored, wait_until

QUICK = (
    *("run", "staircase-write", "-p", "amplitude_step_V=0.5"),
    *("--database", "lab.sqlite", "--seed", "7"),
)
LATE = """
import os, signal, sys
from dwmtj.cli import app
from dwmtj.instruments.bench import Bench
from dwmtj.storage import RunWriter

finish, close = RunWriter.finish, Bench.close

def finish_and_interrupt(writer, *given):
    finish(writer, *given)
    os.kill(os.getpid(), signal.SIGINT)

def interrupt_and_close(bench):
    os.kill(os.getpid(), signal.SIGTERM)
    close(bench)

RunWriter.finish, Bench.close = finish_and_interrupt, interrupt_and_close
sys.argv = ["dwmtj", *{arguments}]
app.main()
"""


def status_of(folder: Path) -> tuple[Status, str | None]:
    with Store.open(folder / "lab.sqlite") as store:
        summary = store.runs()[-1]
    return summary.status, summary.message


def test_interruptions_after_the_end_leave_the_run_finished(tmp_path: Path) -> None:
    """Ctrl-C when the end is stored, and a request to terminate while the bench is closed."""
    script = tmp_path / "late.py"
    script.write_text(LATE.format(arguments=[*QUICK]))
    ended = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("run 1: finished, 11 points in ")
    assert "Resume it" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert status_of(tmp_path) == (Status.FINISHED, None)


def test_the_points_that_are_stored_are_told_also_where_the_database_is_gone(
    tmp_path: Path,
) -> None:
    bar = ProgressBar("saturate")
    bar(RunStarted(7, "saturate", "A1", done=0, expected=9))
    bar(PointMeasured(7, 2, Point("reset", 0.0), done=3, expected=9, remaining_s=1.0))
    with Store.open(tmp_path / "another.sqlite") as store:  # has no run 7
        outcome = _stored(store, 7, bar)
    assert (outcome.status, outcome.points) == (Status.RUNNING, 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("lost", ["stdout", "both"])
def test_a_run_whose_output_is_lost_ends_as_it_is_stored(tmp_path: Path, lost: str) -> None:
    reading, closed = os.pipe()
    os.close(reading)
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command(*QUICK),
            cwd=tmp_path,
            stdout=full if lost == "stdout" else closed,
            stderr=subprocess.PIPE if lost == "stdout" else closed,
            text=True,
            check=False,
        )
    os.close(closed)
    assert ended.returncode == 0
    if lost == "stdout":
        assert "run 1: finished, 11 points in " in ended.stderr
        assert "Traceback" not in ended.stderr
    assert status_of(tmp_path) == (Status.FINISHED, None)


def test_a_condition_that_is_met_ends_the_run_failed_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    condition = "amplitude_V > 1 and resistance_ohm > 0"
    ended = CliRunner().invoke(app.app, [*QUICK, "--stop-if", condition])
    assert ended.exit_code == 1
    assert f"The stop condition {condition} was met: " in ended.stderr, ended.stderr
    assert "Run 1 failed; 5 points are stored." in ended.stderr
    assert status_of(tmp_path)[0] is Status.FAILED


def test_a_condition_that_cannot_be_read_or_met_is_refused_before_anything_is_made(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    assert "'R <' is not a condition" in refused(tmp_path, *QUICK, "--stop-if", "R <")
    told = refused(tmp_path, *QUICK, "--stop-if", "temperature_K > 3")
    assert "names temperature_K, which staircase-write does not measure; it has time_s" in told
    assert not (tmp_path / "lab.sqlite").exists()


def test_a_run_that_would_take_for_ever_is_refused_at_once(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    told = refused(tmp_path, "run", "minor-loop", "-p", "step_T=1e-6")
    assert "from -0.07 to 0.07 has 1.4e+05 steps of 1e-06, more than 100,000" in told
    slow = tmp_path / "slow.toml"
    text = (Path(__file__).parents[2] / "instruments/benches/virtual-trapezoid.toml").read_text()
    slow.write_text(text.replace("field_rate_T_per_s = 0.1", "field_rate_T_per_s = 1e-10"))
    told = refused(tmp_path, "run", "minor-loop", "--bench", "slow.toml")
    assert "takes longer than a year at 1e-10 T/s: raise [limits] field_rate_T_per_s" in told


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="Windows has no such signal")
def test_a_signal_pauses_a_run_and_resumes_it(tmp_path: Path) -> None:
    database = tmp_path / "lab.sqlite"
    points, paused = "SELECT count(*) FROM points", "SELECT count(*) FROM warnings"
    arguments = (*QUICK[:-2], "-p", "cycles=100000", "--database", "lab.sqlite")
    with started(tmp_path, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(lambda: stored(database, points) > 0, process)
        process.send_signal(signal.SIGUSR1)
        before = -1
        while before != (before := stored(database, points)):
            wait_until(lambda: True, process)
            time.sleep(0.5)
        process.send_signal(signal.SIGUSR1)
        wait_until(lambda: stored(database, points) > before, process)
        assert stored(database, paused) == 1
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 1
    assert "Run 1 was stopped; " in told
    assert f"{stored(database, points)} points are stored" in told
    assert "Paused for " in told
