"""Runs show what the store has of them, and names are text whatever they contain."""

from collections.abc import Callable

from dwmtj.storage import Point, RunWriter, Status, Store
from dwmtj.tests.html_page import HtmlPage

EVIL = '<script>alert("x")</script>&'
Begin = Callable[[], RunWriter]


def test_a_finished_run_shows_its_record(store: Store, begin: Begin) -> None:
    writer = begin()
    writer.add(Point("write", 0.1))
    writer.finish(Status.FINISHED)
    record = store.run(writer.run_id)
    shown = HtmlPage(record._repr_html_())
    assert "Run 1: staircase-write on trapezoid-1" in shown.text
    for row in (
        ["status", "finished"],
        ["points", "1 of 10"],
        ["operator", "Ada"],
        ["notes", "first light"],
        ["code version", record.attempts[0].code_version],
        ["amplitude_stop_V", "4.0"],
        ["cycles", "2"],
    ):
        assert row in shown.rows
    assert "Attempts" not in shown.text
    assert repr(record.summary) == (
        "<RunSummary of run 1: staircase-write on trapezoid-1, finished, 1 of 10 points>"
    )
    brief = HtmlPage(record.summary._repr_html_())
    assert ["status", "finished"] in brief.rows
    assert ["cycles", "2"] not in brief.rows


def test_a_running_run_has_not_finished(store: Store, begin: Begin) -> None:
    shown = HtmlPage(store.run(begin().run_id)._repr_html_())
    assert ["status", "running"] in shown.rows
    assert ["finished", "–"] in shown.rows


def test_a_resumed_run_shows_each_attempt_with_its_end(store: Store, begin: Begin) -> None:
    writer = begin()
    writer.finish(Status.FAILED, "the magnet tripped")
    store.resume_run(writer.run_id, bench={}).finish(Status.FINISHED)
    attempts = [row for row in HtmlPage(store.run(1)._repr_html_()).rows if row[0] in ("1", "2")]
    assert [(row[0], row[1]) for row in attempts] == [("1", "failed"), ("2", "finished")]
    assert attempts[0][-1] == "the magnet tripped"


def test_names_are_text(store: Store) -> None:
    writer = store.begin_run(EVIL, EVIL, parameters={EVIL: EVIL}, bench={}, notes=EVIL)
    writer.warn(EVIL, EVIL)
    writer.finish(Status.FAILED, EVIL)
    shown = HtmlPage(store.run(writer.run_id)._repr_html_())
    assert "script" not in shown.tags
    assert shown.text.count(EVIL) == 8


def test_a_run_shows_its_warnings(store: Store, begin: Begin) -> None:
    writer = begin()
    writer.warn("magnet", "the supply is warm")
    writer.finish(Status.FINISHED)
    assert "magnet: the supply is warm" in HtmlPage(store.run(1)._repr_html_()).text


def test_a_run_shows_how_many_of_its_points_are_marked(store: Store, begin: Begin) -> None:
    writer = begin()
    for mark in (None, "below 30 Ω", "above 1000 Ω", "below 30 Ω"):
        writer.add(Point("write", 0.1, mark=mark))
    record = store.run(writer.run_id)
    assert record.marks == {"above 1000 Ω": 1, "below 30 Ω": 2}
    assert ["marked", "1 point above 1000 Ω; 2 points below 30 Ω"] in HtmlPage(
        record._repr_html_()
    ).rows
