"""Interrupted runs that are resumed on the command line."""

import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.instruments import built_in_benches
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import dwmtj, started, stored, wait_until

STAIRCASE = ["-p", "amplitude_start_V=1", "-p", "amplitude_step_V=0.5", "-p", "cycles=4"]


def break_off(database: Path, *, from_cycle: int) -> None:
    """Make run 1 look as if it had been stopped at the beginning of a cycle."""
    with closing(sqlite3.connect(database)) as store, store:
        store.execute("UPDATE runs SET status = 'aborted'")
        store.execute("DELETE FROM points WHERE cycle > ?", (from_cycle,))


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one-run")
    assert dwmtj(folder, "run", "staircase-write", *STAIRCASE, "--seed", "7").returncode == 0
    break_off(folder / "dwmtj.sqlite", from_cycle=1)
    return folder


@pytest.fixture
def interrupted(one_run: Path, tmp_path: Path) -> Path:
    """A folder with run 1, a staircase of seed 7 interrupted in cycle 1."""
    return Path(shutil.copytree(one_run, tmp_path, dirs_exist_ok=True))


def test_a_resumed_run_keeps_its_seed_and_repeats_none_of_its_readings(interrupted: Path) -> None:
    for attempt in (2, 3):
        resumed = dwmtj(interrupted, "run", "staircase-write", "--resume", "1")
        assert resumed.returncode == 0, resumed.stderr
        with Store.open(interrupted / "dwmtj.sqlite") as store:
            record, points = store.run(1), store.points(1, all_attempts=True)
        assert [each.seed for each in record.attempts] == attempt * [7]
        cycles = points.groupby(["attempt", "cycle"])["resistance_ohm"].agg(tuple)
        assert cycles.str[:5].is_unique
        break_off(interrupted / "dwmtj.sqlite", from_cycle=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["reset"], "Run 1 is a staircase-write, not a reset: dwmtj run staircase-write --resume"),
        (["staircase-write", "--seed", "8"], "started with seed 7, not 8: omit --seed"),
        (["staircase-write", "-p", "cycles=5"], "started with cycles = 4, not 5"),
        (
            ["staircase-write", "--bench", "nplc.toml"],
            "resistance_meter.nplc = 1.0, not 0.1: resume it with the original",
        ),
        (["staircase-write", "--bench", "wiring.toml"], "wiring.read = 4P-OUT, not 4P-CLK"),
        (
            ["staircase-write", "--bench", "lab.toml"],
            "visa_library = trapezoid?seed=7@dwmtj, not trapezoid_five_state?seed=7@dwmtj",
        ),
    ],
)
def test_a_run_is_taken_up_only_as_it_was_begun_and_on_the_same_bench(
    interrupted: Path, arguments: list[str], told: str, refused: Callable[..., str]
) -> None:
    good = built_in_benches()["virtual-trapezoid"].read_text()
    for name, old, new in (
        ("nplc.toml", "nplc = 1.0", "nplc = 0.1"),
        ("wiring.toml", "4P-OUT", "4P-CLK"),
        ("lab.toml", "trapezoid@", "trapezoid_five_state@"),
    ):
        (interrupted / name).write_text(good.replace(old, new))
    assert told in refused(interrupted, "run", *arguments, "--resume", "1")
    with Store.open(interrupted / "dwmtj.sqlite") as store:
        assert store.runs()[0].status is Status.ABORTED
        assert len(store.run(1).attempts) == 1


def test_other_limits_do_not_keep_a_run_from_being_resumed(interrupted: Path) -> None:
    good = built_in_benches()["virtual-trapezoid"].read_text()
    (interrupted / "bench.toml").write_text(good.replace("field_T = 0.13", "field_T = 0.12"))
    resumed = dwmtj(interrupted, "run", "staircase-write", "--bench", "bench.toml", "--resume", "1")
    assert resumed.returncode == 0, resumed.stderr


def test_a_resumed_cycling_counts_the_point_of_its_second_saturation(tmp_path: Path) -> None:
    cycling = ["run", "write-reset-cycling", *STAIRCASE]
    assert dwmtj(tmp_path, *cycling).returncode == 0
    break_off(tmp_path / "dwmtj.sqlite", from_cycle=2)
    resumed = dwmtj(tmp_path, "run", "write-reset-cycling", "--resume", "1")
    assert resumed.returncode == 0, resumed.stderr
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        (summary,) = store.runs()
    assert summary.points == summary.points_expected == 2 + 4 * 16


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_a_field_ramp_aborts_the_run_and_says_how_to_go_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    good = built_in_benches()["virtual-trapezoid"].read_text()
    bench = tmp_path / "my bench.toml"
    bench.write_text(good.replace("trapezoid@", "trapezoid?real_time=1@"))
    database = tmp_path / "lab.sqlite"
    run = ("run", "minor-loop", "--bench", "my bench.toml", "--database", "lab.sqlite")
    options = {"stderr": subprocess.PIPE, "preexec_fn": signals_as_in_a_terminal}
    with started(tmp_path, *run, **options) as process:
        # The run's first 0.7 s, in real time, are a ramp to 70 mT.
        wait_until(lambda: bool(stored(database, "SELECT count(*) FROM runs")), process)
        process.send_signal(number)
        _, told = process.communicate()
    assert process.returncode == 1, told
    assert "Traceback" not in told
    with Store.open(database) as store:
        (summary,) = store.runs()
    assert summary.status is Status.ABORTED
    hint = re.search(r"Run 1 was stopped; (\d+) points are stored. Resume it with: (.*)\n", told)
    assert hint is not None, told
    assert int(hint[1]) == summary.points
    assert shlex.split(hint[2]) == [
        *("dwmtj", "run", "minor-loop", "--bench", "my bench.toml"),
        *("--database", "lab.sqlite", "--resume", "1"),
    ]


def signals_as_in_a_terminal() -> None:
    """A shell's background job ignores some of them."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
