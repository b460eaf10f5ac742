"""Every command and every Python example of the documentation is run as it stands there."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dwmtj.instruments import built_in_benches, load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.runner import run as measure
from dwmtj.storage import Store

ROOT = Path(__file__).parents[2]
# The page on adding an instrument builds one, and is run by the tests of the virtual bench.
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("[!a]*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("[!a]*.md")),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETS_UP = re.compile(r"python3 make\.py|git clone|cd dwmtj|pip install|sudo ")
STAYS = re.compile(r"dwmtj serve|dask ")
# Only their options are tried; tests/cli runs them.
TAKES_MINUTES = re.compile(r"dwmtj (learn|infer|network)")


def blocks(page: Path) -> list[tuple[str, str]]:
    text = page.read_text(encoding="utf-8")
    return [(match[1], match[2]) for match in FENCE.finditer(text)]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the pages assume it: bench and lab file, four runs, the last two broken off."""
    folder = tmp_path_factory.mktemp("measured")
    shutil.copy(built_in_benches()["virtual-trapezoid"], folder / "bench.toml")
    shutil.copy(ROOT / "simulators" / "bench" / "labs" / "trapezoid.toml", folder / "lab.toml")
    procedure = make_protocol("staircase-write", {"cycles": 2, "amplitude_step_V": 0.1})
    bench_file = load_bench_file(folder / "bench.toml")
    with open_bench(bench_file) as bench, Store.open(folder / "lab.sqlite") as store:
        for _ in range(2):
            measure(procedure, bench, store)
        for _ in range(2):
            measure(procedure, bench, store, should_stop=lambda: True)
    with sqlite3.connect(folder / "lab.sqlite") as database:
        database.execute("UPDATE runs SET status = 'running', host = 'far-away' WHERE id = 4")
    shutil.copy(folder / "lab.sqlite", folder / "dwmtj.sqlite")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_on_the_page_runs(page: Path, measured: Path, tmp_path: Path) -> None:
    shutil.copytree(measured, tmp_path, dirs_exist_ok=True)
    script = ""
    for language, text in blocks(page):
        if language == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                try_command(line.partition("  #")[0].strip(), tmp_path)
        elif language == "python":
            script += text
            process = run([sys.executable, "-c", script], tmp_path)
            assert process.returncode == 0, f"{text}\n{process.stderr}"
        elif language == "sql":
            with sqlite3.connect(tmp_path / "lab.sqlite") as database:
                assert database.execute(text).fetchall()


def try_command(line: str, folder: Path) -> None:
    if not line or line.startswith("#") or SETS_UP.match(line):
        return
    if STAYS.match(line):
        with pytest.raises(subprocess.TimeoutExpired):
            run(words(line), folder, timeout_s=6)
        return
    if TAKES_MINUTES.match(line):
        line += " --help"
    process = run(words(line), folder)
    assert process.returncode == 0, f"{line}\n{process.stdout}\n{process.stderr}"


def words(line: str) -> list[str]:
    command, *rest = shlex.split(line)
    known = {
        "dwmtj": ["-m", "dwmtj"],
        "dask": ["-m", "dask"],
        "python3": [],
        "pyvisa-info": ["-m", "pyvisa", "info"],
    }
    return [sys.executable, *known[command], *rest]


def run(
    command: list[str], folder: Path, timeout_s: float | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "120"}
    environment.pop("DWMTJ_DATABASE", None)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout_s
    )
