"""`dwmtj figures`, `report` and `runs import` as a user types them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.analysis.figures import panels_of
from dwmtj.storage import Store
from dwmtj.storage.importing.run import read_run, store_run
from dwmtj.tests.command_line import dwmtj

FILES = Path(__file__).parents[1] / "storage" / "importing" / "files"
STAIRCASE = [
    *("--map", "Vpulse=amplitude_V", "--map", "R=resistance_ohm"),
    *("--map", "Cycle=cycle", "--map", "t=time_s"),
]


def test_a_file_is_imported_drawn_and_reported(tmp_path: Path) -> None:
    file = str(FILES / "staircase.csv")
    told = ("--device", "A3", "--drop-equal", *STAIRCASE)
    done = dwmtj(tmp_path, "runs", "import", file, *told)
    assert done.returncode == 0, done.stderr
    assert "run 1: 80 points into" in done.stdout
    assert "duplicate rows dropped: 2" in done.stdout
    drawn = dwmtj(tmp_path, "figures", "1", "-o", "out")
    assert drawn.returncode == 0, drawn.stderr
    assert "Run 1 has no minor loop: " in drawn.stderr
    with Store.open(tmp_path / "dwmtj.sqlite", create=False) as store:
        panels = [panel.name for panel in panels_of(store.points(1)).drawn]
    assert {"write", "state-distribution-write", "f-meta", "conductance"} <= set(panels)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        f"run-1-{panel}.{kind}" for panel in panels for kind in ("png", "svg", "csv")
    )
    reported = dwmtj(tmp_path, "report", "1", "-o", "report.html")
    assert reported.returncode == 0, reported.stderr
    assert "staircase.csv" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["figures", "1", "-o", "out", "-d", "none.sqlite"], "none.sqlite"),
        (["figures", "1", "-o", "out", "--levels", "100,-5"], "nor resistances above zero"),
        (["figures", "1", "9", "-o", "out"], "no run 9"),
        (["figures", "1", "-o", "taken"], "taken is not a folder: give another"),
        (["report", "9", "-o", "x.html"], "no run 9"),
        (["report", "1", "-o", "nowhere/x.html"], "cannot be written"),
        (["report", "1", "-o", "taken"], "already exists"),
        (["runs", "import", "none.csv", "--device", "A3", *STAIRCASE], "cannot be read"),
        (["runs", "import", "taken", "--device", "A3", *STAIRCASE], "no line with the columns"),
        (
            ["runs", "import", str(FILES / "staircase.csv"), "--device", " ", *STAIRCASE],
            "no name",
        ),
        (
            ["runs", "import", str(FILES / "staircase.csv"), "--device", "A3", *STAIRCASE],
            "is already stored as run 1",
        ),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_input_gets_one_sentence_exit_2_and_leaves_nothing(
    arguments: list[str], told: str, tmp_path: Path, refused: Callable[..., str]
) -> None:
    run = read_run(FILES / "staircase.csv", "staircase-write", STAIRCASE[1::2])
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        store_run(store, run, "A3")
    (tmp_path / "taken").write_text("a file, of something else")
    before = sorted(tmp_path.iterdir())
    assert told in refused(tmp_path, *arguments)
    assert sorted(tmp_path.iterdir()) == before
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        assert len(store.runs()) == 1


def test_a_file_that_cannot_be_imported_makes_no_database(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    (tmp_path / "bad.csv").write_text("V,R\n1,2\n2,x\n")
    maps = ("--map", "V=amplitude_V", "--map", "R=resistance_ohm")
    sentence = refused(tmp_path, "runs", "import", "bad.csv", "--device", "A3", *maps)
    assert "bad.csv, line 3: R is 'x'" in sentence
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_no_other_command_waits_for_matplotlib() -> None:
    script = "import sys, dwmtj; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
