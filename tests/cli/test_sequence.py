"""`dwmtj run FILE.toml`: what cannot be carried out is one sentence, and nothing is begun."""

from collections.abc import Callable
from pathlib import Path

import pytest

NIGHT = """
bench = "BENCH"

[[step]]
name = "hard"
protocol = "reset"
parameters = { amplitude_stop_V = "VOLTS" }
"""


@pytest.fixture(autouse=True)
def no_stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


@pytest.mark.parametrize(
    ("bench", "volts", "options", "sentence"),
    [
        ("virtual-trapezoid", "5 V", ["--seed", "3"], "--seed is for one protocol: write it into"),
        ("virtual-trapezoid", "5 V", ["--scan", "cycles=1,2"], "--scan is for one protocol"),
        ("virtual-trapezoid", "5 mA", [], "line 7: [[step]] number 1, parameters cannot be used"),
        (
            "virtual-trapezoid",
            "7 V",
            ["--dry-run"],
            "step hard: A pulse amplitude of -7 V is beyond",
        ),
        ("nowhere.toml", "5 V", [], "nowhere.toml cannot be read"),
    ],
    ids=str,
)
def test_what_cannot_be_carried_out_is_refused(
    tmp_path: Path,
    refused: Callable[..., str],
    bench: str,
    volts: str,
    options: list[str],
    sentence: str,
) -> None:
    text = NIGHT.replace("BENCH", bench).replace("VOLTS", volts)
    (tmp_path / "night.toml").write_text(text, encoding="utf-8")
    assert sentence.lower() in refused(tmp_path, "run", "night.toml", *options).lower()
    assert not list(tmp_path.glob("*.sqlite"))
    assert not list((tmp_path / "runtime").rglob("*.json"))


def test_a_file_that_is_missing_is_named(tmp_path: Path, refused: Callable[..., str]) -> None:
    assert "The sequence file night.toml cannot be read" in refused(tmp_path, "run", "night.toml")
