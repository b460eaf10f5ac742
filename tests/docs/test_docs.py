"""Every command and every Python example of the documentation is run as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETS_UP = re.compile(r"python3 make\.py|git clone|cd dwmtj|pip install|sudo ")
STAYS = re.compile(r"dwmtj serve")


def blocks(page: Path) -> list[tuple[str, str]]:
    return [match.groups() for match in FENCE.finditer(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_on_the_page_runs(page: Path, tmp_path: Path) -> None:
    shutil.copy(
        ROOT / "instruments" / "benches" / "virtual-trapezoid.toml", tmp_path / "bench.toml"
    )
    for language, text in blocks(page):
        if language == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                run_command(line.partition("  #")[0].strip(), tmp_path)
        elif language == "python":
            finished(subprocess.run([sys.executable, "-c", text], **into(tmp_path)), text)


def run_command(line: str, folder: Path) -> None:
    if not line or line.startswith("#") or SETS_UP.match(line):
        return
    if STAYS.match(line):
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run(words(line), timeout=6, **into(folder))
        return
    finished(subprocess.run(words(line), **into(folder)), line)


def words(line: str) -> list[str]:
    command, *rest = line.split()
    known = {"dwmtj": ["-m", "dwmtj"], "python3": [], "pyvisa-info": ["-m", "pyvisa", "info"]}
    return [sys.executable, *known[command], *rest]


def into(folder: Path) -> dict[str, object]:
    environment = {**os.environ, "COLUMNS": "120", "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DWMTJ_DATABASE", None)
    return {"cwd": folder, "env": environment, "capture_output": True, "text": True}


def finished(process: subprocess.CompletedProcess[str], what: str) -> None:
    assert process.returncode == 0, f"{what}\n{process.stdout}\n{process.stderr}"
