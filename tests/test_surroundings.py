"""A test that changes what the next one finds fails itself."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.tests.surroundings import unchanged_surroundings


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DWMTJ_TRIAL", "before")
    monkeypatch.delenv("DWMTJ_OTHER", raising=False)
    return tmp_path


def set_anew() -> None:
    os.environ["DWMTJ_OTHER"] = "1"


def overwrite() -> None:
    os.environ["DWMTJ_TRIAL"] = "after"


def delete() -> None:
    del os.environ["DWMTJ_TRIAL"]


def go_elsewhere() -> None:
    os.chdir("/")


def go_where_nothing_is_left() -> None:
    Path("gone").mkdir()
    os.chdir("gone")
    Path.cwd().rmdir()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (set_anew, "DWMTJ_OTHER"),
        (overwrite, "DWMTJ_TRIAL"),
        (delete, "DWMTJ_TRIAL"),
        (go_elsewhere, "the current folder"),
        (go_where_nothing_is_left, "the current folder"),
    ],
)
def test_what_a_test_leaves_changed_is_named_and_undone(
    start: Path, change: Callable[[], None], name: str
) -> None:
    with pytest.raises(AssertionError, match=f"changed: {name}."), unchanged_surroundings():
        change()
    assert Path.cwd() == start
    assert os.environ["DWMTJ_TRIAL"] == "before"
    assert "DWMTJ_OTHER" not in os.environ


@pytest.mark.usefixtures("start")
def test_what_a_test_changes_and_restores_itself_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    with unchanged_surroundings(), monkeypatch.context() as patched:
        patched.setenv("DWMTJ_TRIAL", "meanwhile")
