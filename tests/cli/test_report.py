"""`dwmtj report --against`: the table, its exit code, and the same as HTML, JSON and CSV."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.storage import Store
from dwmtj.tests.analysis.criteria.runs import loop, staircase
from dwmtj.tests.command_line import dwmtj
from dwmtj.tests.html_page import HtmlPage

CRITERIA = """title = "Wafer 7"
source = "data sheet 3"

[[criterion]]
quantity = "level resistance"
level = 2
value = "76 Ω"
tolerance = "1 Ω"
source = "page <4>"

[[criterion]]
quantity = "level resistance"
level = 1
minimum = "93 Ω"

[[criterion]]
quantity = "read noise"
maximum = "100 ppm"
"""
ANSWERS = ("yes", "no", "not-decided", "not-measured")
OUTSIDE = '\n[[criterion]]\nquantity = "TMR"\nminimum = "60 %"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a staircase and a loop, and a file of criteria that they do not fail."""
    place = tmp_path_factory.mktemp("report")
    with Store.open(place / "dwmtj.sqlite") as store:
        staircase(store, 12)
        loop(store)
    (place / "c.toml").write_text(CRITERIA, encoding="utf-8")
    (place / "outside.toml").write_text(CRITERIA + OUTSIDE, encoding="utf-8")
    return place


def test_the_table_answers_each_criterion_and_nothing_outside_is_success(folder: Path) -> None:
    done = dwmtj(folder, "report", "1", "2", "--against", "c.toml")
    assert done.returncode == 0, done.stderr
    assert "Wafer 7: 1 of 3 within, 1 not decided, 1 not measured" in done.stdout
    words = set(done.stdout.split())
    assert {"76", "±", "(page", "<4>)", "yes", "might", "decide", "measured:"} <= words


def test_a_quantity_outside_makes_the_exit_code_one(folder: Path) -> None:
    done = dwmtj(folder, "report", "1", "2", "--against", "outside.toml", "-o", "page.html")
    assert done.returncode == 1
    assert "53.8" in done.stdout
    page = HtmlPage((folder / "page.html").read_text(encoding="utf-8"))
    assert "Wafer 7: 1 of 4 within, 1 outside, 1 not decided, 1 not measured" in page.text
    assert "data sheet 3" in page.text and "page <4>" in page.text
    answers = [one["class"] for one in page.attributes if one.get("class") in ANSWERS]
    assert answers == ["yes", "not-decided", "not-measured", "no"]


def test_json_and_csv_hold_the_same_numbers_in_si_units(folder: Path) -> None:
    asked = ("report", "1", "2", "--against", "outside.toml")
    printed = json.loads(dwmtj(folder, *asked, "--json").stdout)
    rows = list(csv.DictReader(io.StringIO(dwmtj(folder, *asked, "--csv").stdout)))
    assert (printed["title"], printed["source"]) == ("Wafer 7", "data sheet 3")
    first, *_, last = printed["criteria"]
    assert (first["minimum"], first["maximum"], first["within"]) == (75.0, 77.0, "yes")
    assert first["low"] < first["value"] < first["high"]
    assert (last["quantity"], last["minimum"], last["maximum"]) == ("TMR", 0.6, None)
    assert last["run"] == 2 and last["value"] == pytest.approx(0.5385, abs=1e-3)
    for one, row in zip(printed["criteria"], rows, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in one.items()}


def test_a_page_alone_is_as_before(folder: Path) -> None:
    done = dwmtj(folder, "report", "2", "-o", "alone.html")
    assert done.stdout == "report: written to alone.html\n"
    assert "Wafer 7" not in (folder / "alone.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "add --out FILE for a page, --against FILE, or both"),
        (("--json", "-o", "x.html"), "--json and --csv print a comparison"),
        (("--json", "--csv", "--against", "c.toml"), "exclude each other"),
        (("--against", "none.toml"), "none.toml cannot be read"),
        (("--against", "bad.toml"), "bad.toml, line 2: [[criterion]] number 1, quantity 'TMRR'"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(
    arguments: tuple[str, ...],
    sentence: str,
    folder: Path,
    refused: Callable[..., str],
) -> None:
    (folder / "bad.toml").write_text('[[criterion]]\nquantity = "TMRR"\nminimum = "5 %"\n')
    assert sentence in refused(folder, "report", "1", *arguments)
    assert not (folder / "x.html").exists()
