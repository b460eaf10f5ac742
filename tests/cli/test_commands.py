"""The commands as a user types them: what they print, what they store, how they exit."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dwmtj.instruments import built_in_benches
from dwmtj.storage import Status, Store
from dwmtj.tests.command_line import dwmtj, started, stored, wait_until

SHORT = ["-p", "amplitude_start_V=1", "-p", "amplitude_stop_V=3.6", "-p", "amplitude_step_V=0.2"]


def test_a_run_without_a_bench_says_it_is_virtual_and_is_listed_afterwards(tmp_path: Path) -> None:
    ran = dwmtj(tmp_path, "run", "staircase-write", *SHORT)
    assert ran.returncode == 0, ran.stderr
    assert "virtual bench" in ran.stderr
    assert "run 1: finished, 16 points" in ran.stdout
    listed = dwmtj(tmp_path, "runs", "list", "--json")
    (entry,) = json.loads(listed.stdout)
    assert entry["id"] == 1
    assert entry["protocol"] == "staircase-write"
    assert entry["device"] == "virtual-trapezoid"
    assert entry["status"] == "finished"
    assert entry["points"] == 16
    assert entry["started"] <= entry["finished"]
    assert dwmtj(tmp_path, "runs", "show", "1").returncode == 0
    assert dwmtj(tmp_path, "runs", "export", "1", "-o", "run.csv").returncode == 0
    assert len(pd.read_csv(tmp_path / "run.csv")) == 16


def test_a_dry_run_prints_the_size_of_a_run_and_leaves_nothing(tmp_path: Path) -> None:
    printed = dwmtj(tmp_path, "run", "staircase-write", "-p", "cycles=9", "--dry-run")
    assert printed.returncode == 0, printed.stderr
    assert {"3537", "3519, up to 4 V, 50 ns wide", "up to 50 mT, of either sign"} <= {
        cell.strip() for line in printed.stdout.splitlines() for cell in line.split("│")
    }
    assert not list(tmp_path.iterdir())


def test_the_parameters_of_a_protocol_are_listed_in_the_units_of_the_lab(tmp_path: Path) -> None:
    lines = dwmtj(tmp_path, "protocols", "staircase-write").stdout.splitlines()
    cells = [[cell.strip() for cell in line.split("│")][1:5] for line in lines if "│" in line]
    rows = [row for row in cells if row[0]]
    assert rows[0] == ["Pulses", "amplitude_start_V", "0.1 V", "0 to 100 V"]
    assert rows[3] == ["Pulses", "pulse_width_s", "50 ns", "1.5 ns to 1 s"]
    assert rows[-1] == ["Run", "cycles", "1", "1 to 10⁹"]
    entries = json.loads(dwmtj(tmp_path, "protocols", "staircase-write", "--json").stdout)
    (width,) = (entry for entry in entries if entry["parameter"] == "pulse_width_s")
    assert (width["default"], width["unit"], width["display_unit"]) == (50e-9, "s", "ns")


def test_a_seed_repeats_a_run_and_another_does_not(tmp_path: Path) -> None:
    for seed in ("5", "5", "6"):
        assert dwmtj(tmp_path, "run", "staircase-write", *SHORT, "--seed", seed).returncode == 0
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        first, again, other = (store.points(run)["resistance_ohm"] for run in (1, 2, 3))
    pd.testing.assert_series_equal(first, again)
    assert not first.equals(other)


def test_a_stated_temperature_is_stored_and_that_of_the_virtual_device(tmp_path: Path) -> None:
    ran = dwmtj(tmp_path, "run", "saturate", "--temperature", "85 °C")
    assert ran.returncode == 0, ran.stderr
    shown = dwmtj(tmp_path, "runs", "show", "1").stdout
    assert "temperature 358.15 K (stated, not measured)" in shown
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        record = store.run(1)
    assert record.conditions == {"temperature_K": 358.15}
    assert "temperature_K=358.15" in record.attempts[0].bench["visa_library"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "staircase-wirte"], "did you mean 'staircase-write'"),
        (["run", "reset", "-p", "amplitude_stop_V=banana"], "must be a number from 0 to 100 V"),
        (["run", "reset", "-p", "pulse_width_s=5 T"], "a magnetic field and not a time"),
        (["run", "reset", "-p", "pulse_width_s=1,500 ns"], "may mean 1.500 or 1500"),
        (["run", "reset", "-p", "amplitude_stop_V"], "write -p NAME=VALUE"),
        (["run", "reset", "-p", "amplitude_stop_V=7"], "beyond the bench's limit of 6 V"),
        (["run", "iv", "--bench", "virtual-wafer"], "has a prober, whose needles touch nothing"),
        (["run", "reset", "-p", "pulse_width_s=1e-3"], "beyond the bench's limit of 1e-06 s"),
        (["run", "minor-loop", "-p", "largest_field_T=0.5"], "[limits] field_T"),
        (["run", "reset", "-p", "amplitude_stop_V=7", "--dry-run"], "limit of 6 V"),
        (["run", "read-array", "--dry-run"], "has no switch"),
        (["run", "reset", "--dry-run", "--resume", "3"], "omit --resume"),
        (["run", "reset", "--bench", "nowhere.toml"], "cannot be read"),
        (["run", "reset", "--bench", "typo.toml"], "line 12: pulse_generator.drivr is not a key"),
        (["run", "reset", "--bench", "unknown.toml"], "choose 'Keysight81160A'"),
        (["run", "reset", "--bench", "silent.toml"], "Nothing answers at GPIB0::9::INSTR"),
        (["run", "reset", "--bench", "mixed-up.toml"], "which is no Keysight81160A"),
        (["run", "reset", "--bench", "real.toml"], "cannot be opened"),
        (
            ["run", "reset", "--bench", "real.toml", "--seed", "1"],
            "--seed applies to a virtual bench only",
        ),
        (["run", "reset", "--database", "no/such/folder/x.sqlite"], "no/such/folder"),
        (["run", "reset", "--database", "not-a-database.txt"], "not-a-database.txt"),
        (["run", "reset", "--database", "oracle://somewhere/x"], "oracle"),
        (["run", "reset", "--resume", "3"], "dwmtj.sqlite"),
        (["runs", "list"], "dwmtj.sqlite"),
        (["runs", "export", "1", "-o", "x.csv"], "dwmtj.sqlite"),
        (["bench", "check", "--bench", "silent.toml"], "Nothing answers"),
        (["serve", "no-such-lab"], "no-such-lab"),
        (["run", "reset", "--seed", 30 * "9"], "--seed"),
        (["runs", "show", 30 * "9", "-d", "lab.sqlite"], "no number of more than 64 bits"),
        (["runs", "list", "--device", "\udcff", "-d", "lab.sqlite"], "not valid Unicode"),
        (["run", "reset", "--notes", "\udcff"], "--notes is not valid Unicode"),
        (["run", "reset", "--operator", "\udcff"], "--operator is not valid Unicode"),
        (["demo", "-o", "not-a-database.txt"], "cannot be created ("),
        (["demo", "-o", "not-a-database.txt/demo"], "cannot be created ("),
        (["runs", "export", "1", "-o", 300 * "a", "-d", "lab.sqlite"], "cannot be written"),
        (
            ["runs", "export", "1", "--overwrite", "-o", os.devnull, "-d", "lab.sqlite"],
            "is not an ordinary file",
        ),
        (["store", "names", "users"], "Invalid value for 'kind': 'users' is not one of 'user', 'b"),
        (["protocols", "resett"], "did you mean 'reset'"),
        (["run", "reset", "--temperature", "85"], "a number with its unit, as in 358K"),
        (["run", "reset", "--temperature", "1e9K"], "above 0 K and up to 2000 K"),
        (["run", "reset", "--temperature", "-300C"], "measured above 0 K"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_gets_one_sentence_exit_2_and_leaves_nothing(
    arguments: list[str], told: str, tmp_path: Path, refused: Callable[..., str]
) -> None:
    good = built_in_benches()["virtual-trapezoid"].read_text()
    benches = {
        "typo.toml": ('driver = "Keysight81160A"', 'drivr = "Keysight81160A"'),
        "unknown.toml": ("Keysight81160A", "Keysight81160B"),
        "silent.toml": ("GPIB0::10", "GPIB0::9"),
        "mixed-up.toml": ("GPIB0::10", "GPIB0::24"),
        "real.toml": ("trapezoid@dwmtj", "/no/such/libvisa.so"),
    }
    for name, (old, new) in benches.items():
        (tmp_path / name).write_text(good.replace(old, new))
    (tmp_path / "not-a-database.txt").write_text("This is a lab notebook, not a database. " * 30)
    with Store.open(tmp_path / "lab.sqlite") as store:
        store.begin_run("reset", "trapezoid-1", parameters={}, bench={}).finish(Status.FINISHED)
    before = sorted(tmp_path.iterdir())
    assert told in refused(tmp_path, *arguments)
    assert sorted(tmp_path.iterdir()) == before


def test_a_process_that_is_refused_ends_with_2_too(tmp_path: Path) -> None:
    result = dwmtj(tmp_path, "run", "staircase-wirte")
    assert result.returncode == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither signal")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, Status.ABORTED), (signal.SIGKILL, Status.INTERRUPTED)]
)
def test_a_run_interrupted_in_the_middle_keeps_its_points_and_is_resumed(
    number: signal.Signals, status: Status, tmp_path: Path
) -> None:
    many = ["-p", "amplitude_step_V=0.02", "-p", "cycles=20"]
    with started(tmp_path, "run", "staircase-write", *many, stderr=subprocess.PIPE) as process:
        enough = "SELECT count(*) >= 250 FROM points"
        wait_until(lambda: bool(stored(tmp_path / "dwmtj.sqlite", enough)), process)
        process.send_signal(number)
        process.communicate()
    assert process.returncode == (1 if number is signal.SIGTERM else -signal.SIGKILL)
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        (summary,) = store.runs()
        assert summary.status == status
        assert 250 <= len(store.points(1)) < 20 * 198
    resumed = dwmtj(tmp_path, "run", "staircase-write", *many, "--resume", "1")
    assert resumed.returncode == 0, resumed.stderr
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        (summary,) = store.runs()
        assert summary.status == Status.FINISHED
        points = store.points(1)
    assert points.groupby("cycle").size().tolist() == 20 * [198]
