"""`dwmtj figures` and `report` of several runs, `--compare`, as a user types them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.storage import Status, Store
from dwmtj.tests.analysis.gallery import staircase, sweeps
from dwmtj.tests.analysis.stored import store_points
from dwmtj.tests.command_line import dwmtj


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A database of two staircases (the second aborted), one sweep, and a staircase elsewhere."""
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        store_points(store, staircase(4))
        store_points(store, staircase(5).iloc[:-20], status=Status.ABORTED)
        store_points(store, sweeps(2), protocol="iv")
        store_points(store, staircase(4), device="R1C2")
    return tmp_path


def test_before_and_after_are_printed_drawn_and_written(lab: Path) -> None:
    drawn = dwmtj(lab, "figures", "1", "2", "-o", "out", "--compare", "before-after")
    assert drawn.returncode == 0, drawn.stderr
    assert "Run 2 is aborted" in drawn.stderr
    names = {path.name for path in (lab / "out").iterdir()}
    kinds = ("png", "svg", "csv")
    panels = ("differences", "runs")
    assert names == {f"before-after-{panel}.{kind}" for panel in panels for kind in kinds}
    written = dwmtj(lab, "report", "1", "2", "-o", "aged.html", "--compare", "before-after")
    assert written.returncode == 0, written.stderr
    page = (lab / "aged.html").read_text(encoding="utf-8")
    assert "Run 2 is aborted" in page
    assert "Switching voltage, write to level 1" in page
    assert "not different within this interval" in page


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["1", "--compare", "before-after"], "before and after are two"),
        (["1", "3", "--compare", "before-after"], "compare two runs of one protocol"),
        (["1", "2", "--compare", "devices"], "Give runs on several devices"),
        (["3", "--compare", "states"], "of one state"),
        (["1", "4", "--compare", "widths"], "of 2 devices"),
        (["1", "9", "--compare", "devices"], "no run 9"),
        (["1", "--track-resistance", "-4"], "no resistance above zero"),
        (["1", "--track-resistance", "4 V"], "no resistance"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_runs_that_cannot_be_compared_get_one_sentence(
    arguments: list[str], told: str, lab: Path, refused: Callable[..., str]
) -> None:
    assert told in refused(lab, "figures", *arguments, "-o", "out")
    assert not (lab / "out").exists()
    assert told in refused(lab, "report", *arguments, "-o", "out.html")
    assert not (lab / "out.html").exists()


def test_a_known_track_gives_energies_and_an_unknown_one_a_reason(lab: Path) -> None:
    drawn = dwmtj(lab, "figures", "1", "-o", "out", "--track-resistance", "1.2k")
    assert drawn.returncode == 0, drawn.stderr
    assert "run-1-energy.png" in drawn.stdout
    assert "no update energy" not in drawn.stderr
    drawn = dwmtj(lab, "figures", "1", "-o", "without")
    assert "run-1-energy.png" not in drawn.stdout
    assert "state it with --track-resistance" in " ".join(drawn.stderr.split())
