"""`dwmtj station`: refusals in one sentence; the page on stations runs the commands themselves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli.app import app


@pytest.fixture(autouse=True)
def no_stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["start", "--bench", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["start", "--database", "oracle://somewhere/x"], "oracle"),
        (["stop"], "No station is running: start one with dwmtj station start."),
        (["stop", "bench.toml"], "No station of bench.toml is running"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_in_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, refused: Callable[..., str]
) -> None:
    assert sentence in refused(tmp_path, "station", *arguments)


def test_the_status_of_no_station_is_an_empty_list() -> None:
    listed = CliRunner().invoke(app, ["station", "status", "--json"])
    assert (listed.exit_code, json.loads(listed.stdout)) == (0, [])
