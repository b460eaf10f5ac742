"""A command imports what it needs: the list of commands no room, `runs list` no drivers."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli.app import COMMANDS, app
from dwmtj.storage import Store

HEAVY = {"torch", "pandas", "matplotlib", "numba", "scipy", "sklearn"}


def imported_by(folder: Path, *arguments: str) -> set[str]:
    """Return the modules that the command imports."""
    python = [sys.executable, "-X", "importtime", "-m", "dwmtj", *arguments]
    ran = subprocess.run(python, cwd=folder, capture_output=True, text=True, check=True)
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


def test_the_list_of_commands_imports_no_heavy_library(tmp_path: Path) -> None:
    found = imported_by(tmp_path, "--help")
    assert "typer" in found
    assert not found & (HEAVY | {"numpy", "sqlalchemy", "pyvisa", "pymeasure", "pydantic"})


def test_the_list_of_runs_imports_the_database_alone(tmp_path: Path) -> None:
    Store.open(tmp_path / "dwmtj.sqlite").close()
    found = imported_by(tmp_path, "runs", "list")
    assert "sqlalchemy" in found
    assert not found & (HEAVY | {"numpy", "pyvisa", "pymeasure"})


def test_a_check_of_the_bench_opens_no_database(tmp_path: Path) -> None:
    found = imported_by(tmp_path, "bench", "check")
    assert "pymeasure" in found
    assert not found & {"torch", "matplotlib", "scipy.special", "sklearn", "sqlalchemy"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_on_one_line_and_has_help_of_its_own(name: str) -> None:
    _, summary = COMMANDS[name]
    listed = CliRunner().invoke(app, ["--help"], terminal_width=80)
    assert f"{name} " in listed.output
    assert summary in listed.output
    its_own = CliRunner().invoke(app, [name, "--help"])
    assert its_own.exit_code == 0
    assert "Usage: " in its_own.output
    assert f" {name} " in its_own.output


def test_a_misspelt_command_is_answered_with_the_nearest_name() -> None:
    answer = CliRunner().invoke(app, ["rnus"])
    assert answer.exit_code == 2
    assert "Did you mean 'runs'?" in answer.output
