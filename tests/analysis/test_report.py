"""A report is one page that needs nothing else and escapes what it is given."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.figures import panels_of
from dwmtj.analysis.report.write import load_runs, save_figures, write_report
from dwmtj.storage import OutputFileError, Point, Status, Store
from dwmtj.tests.html_page import HtmlPage

EVIL = '<script>alert("x")</script>&'
THRESHOLDS_V = (1.2, 2.6, 3.5)
LEVELS_OHM = (100.0, 93.3, 76.1, 67.1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def measure(
    store: Store,
    status: Status = Status.FINISHED,
    cycles: int = 3,
    device: str = "A3",
    **about: Any,
) -> int:
    """Store a staircase run and return its number."""
    given = {"seed": 7, "operator": "Ada", "notes": "first light", **about}
    bench = {"name": "station 1", "identities": {"magnet": "KEPCO,BIT"}, "limits": {"field_T": 1}}
    parameters = {"cycles": cycles, "amplitude_step_V": 0.1}
    writer = store.begin_run(
        "staircase-write",
        device,
        parameters=parameters,
        bench=bench,
        points_expected=3 * 40,
        **given,
    )
    rng = np.random.default_rng(1)
    for cycle in range(cycles):
        seat = np.array(LEVELS_OHM) + rng.normal(0, 0.3, 4)
        for number in range(1, 41):
            amplitude_V = number / 10
            level = sum(amplitude_V > threshold for threshold in THRESHOLDS_V)
            resistance_ohm = float(seat[level] + rng.normal(0, 0.05))
            writer.add(
                Point("write", 0.1, cycle, amplitude_V=amplitude_V, resistance_ohm=resistance_ohm)
            )
    writer.finish(status, None if status is Status.FINISHED else "somebody pressed the button")
    return writer.run_id


def report(store: Store, path: Path, *runs: int, title: str = "") -> HtmlPage:
    write_report(load_runs(store, runs), path, title=title)
    return HtmlPage(path.read_text(encoding="utf-8"))


def test_a_report_shows_figures_numbers_and_where_they_come_from(
    store: Store, tmp_path: Path
) -> None:
    run = measure(store)
    page = report(store, tmp_path / "report.html", run)
    drawn = panels_of(store.points(run)).drawn
    assert page.tags.count("img") == len(drawn) >= 4
    sources = [about["src"] for about in page.attributes if "src" in about]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert not any("href" in about for about in page.attributes)
    assert not {"script", "link", "iframe"} & set(page.tags)
    for told in (
        "Run 1: staircase-write on A3",
        "lab.sqlite",
        "Ada",
        "first light",
        "station 1",
        "KEPCO,BIT",
        '"field_T": 1',
        "amplitude_step_V",
        "finished",
        store.run(1).attempts[0].code_version,
        "no minor loop",
    ):
        assert told in page.text
    for title in ("Levels", "Switching voltages", "Metaplastic function"):
        assert f"\n{title}\n" in page.text
    mean = re.search(r"76\.\d+ \(7[56]\.\d+ to 7[67]\.\d+\)", page.text)
    assert mean


def test_names_notes_and_titles_are_escaped(store: Store, tmp_path: Path) -> None:
    run = measure(store, device=EVIL, notes=EVIL, operator=EVIL)
    page = report(store, tmp_path / "report.html", run, title=EVIL)
    assert "script" not in page.tags
    assert page.text.count(EVIL) == len(("<title>", "<h1>", "<h2>", "notes", "operator"))


def test_every_value_of_a_bench_and_its_parameters_is_escaped(store: Store, tmp_path: Path) -> None:
    bench = {"name": EVIL, "identities": {EVIL: EVIL}, EVIL: 1}
    writer = store.begin_run("staircase-write", "A3", parameters={EVIL: EVIL}, bench=bench)
    writer.finish(Status.FAILED, EVIL)
    page = report(store, tmp_path / "report.html", writer.run_id)
    assert "script" not in page.tags
    assert page.text.count(EVIL) >= 7


@pytest.mark.parametrize("status", [Status.ABORTED, Status.FAILED])
def test_a_run_that_did_not_finish_has_a_banner_and_its_reason(
    store: Store, status: Status, tmp_path: Path
) -> None:
    run = measure(store, status, cycles=2)
    text = f"Run {run} is {status}: 80 of 120 points"
    page = report(store, tmp_path / "report.html", run)
    assert f"{text}." in page.text
    assert f"{status}: somebody pressed the button" in page.text
    done = report(store, tmp_path / "done.html", measure(store))
    assert " is " + status not in done.text


def test_a_run_without_anything_to_show_says_so(store: Store, tmp_path: Path) -> None:
    run = measure(store, Status.ABORTED, cycles=0)
    page = report(store, tmp_path / "report.html", run)
    assert "img" not in page.tags
    assert f"Run {run} is aborted: 0 of 120 points." in page.text
    assert "There is no " in page.text
    with pytest.raises(AnalysisError, match="nothing to draw in run 1: no "):
        save_figures(load_runs(store, [run]), tmp_path / "figures")
    assert not (tmp_path / "figures").exists()


def test_a_bench_shared_by_runs_is_shown_once(store: Store, tmp_path: Path) -> None:
    page = report(store, tmp_path / "report.html", measure(store), measure(store))
    assert page.tags.count("pre") == 1
    assert "Run 1, 2" in page.text


def test_nothing_is_replaced_unasked(store: Store, tmp_path: Path) -> None:
    runs = load_runs(store, [measure(store)])
    place = tmp_path / "report.html"
    place.write_text("mine")
    with pytest.raises(OutputFileError, match="already exists"):
        write_report(runs, place)
    assert place.read_text() == "mine"
    write_report(runs, place, overwrite=True)
    assert place.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    folder = tmp_path / "figures"
    written = save_figures(runs, folder)
    assert {path.suffix for path in written} == {".png", ".svg", ".csv"}
    written[-1].write_text("mine")
    with pytest.raises(OutputFileError, match="already exists"):
        save_figures(runs, folder)
    assert written[-1].read_text() == "mine"


def test_a_place_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match="give another place"):
        write_report(load_runs(store, [measure(store)]), tmp_path / "nowhere" / "report.html")
