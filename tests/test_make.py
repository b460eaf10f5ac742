"""Setting up: what was broken off in the middle is made good by the next call."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import make


@pytest.fixture
def half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without pip, as Ctrl-C in the middle leaves it."""
    folder = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    monkeypatch.setattr(make, "VENV", folder)
    monkeypatch.setattr(make, "PYTHON", folder / make.PYTHON.relative_to(make.HERE / ".venv"))
    return folder


def test_a_half_made_environment_is_made_anew(
    half_made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not make.has_pip()
    make.create_environment()
    assert make.has_pip()
    assert f"{half_made} has no pip, creating it anew" in capsys.readouterr().out


def test_without_ensurepip_the_line_that_installs_it_is_printed(
    half_made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        make.create_environment()
    assert ended.value.code == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt-get install --yes --no-install-recommends python{version}-venv" in (
        capsys.readouterr().out
    )


def test_ctrl_c_while_installing_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(extras: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "install", interrupted)
    assert make.main(["demo"]) == 130


def test_the_images_beside_the_project_are_found_unless_another_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(make, "DATA", tmp_path / "nowhere")
    make.point_to_data()
    assert "DWMTJ_DATA" not in environment
    monkeypatch.setattr(make, "DATA", tmp_path)
    make.point_to_data()
    assert environment["DWMTJ_DATA"] == str(tmp_path)
    environment["DWMTJ_DATA"] = "elsewhere"
    make.point_to_data()
    assert environment["DWMTJ_DATA"] == "elsewhere"
