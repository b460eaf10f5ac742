"""Phases are stored as their text, and any text is a phase to the store."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dwmtj.storage import Phase, Point, RunWriter, Store

Begin = Callable[[], RunWriter]

STORED = ("saturate", "bias", "write", "reset", "ramp", "read", "loop")
"""The texts in databases of schema version 1: a run of then is read by these today."""


def test_the_stored_texts_of_phases_do_not_change() -> None:
    assert tuple(Phase)[: len(STORED)] == STORED


@pytest.mark.parametrize("phase", [*Phase, "anneal", "wait, then read"])
def test_a_phase_of_any_text_is_stored_and_loaded_as_plain_text(
    store: Store, begin: Begin, phase: str
) -> None:
    writer = begin()
    writer.add(Point(phase, 0.1))
    with closing(sqlite3.connect(store.path)) as other:
        ((stored, kind),) = other.execute("SELECT phase, typeof(phase) FROM points").fetchall()
    loaded = store.points(writer.run_id)["phase"]
    assert (stored, kind) == (str(phase), "text")
    assert (loaded == phase).all()
    assert type(loaded.iloc[0]) is str


def test_an_exported_phase_is_its_text(store: Store, begin: Begin, tmp_path: Path) -> None:
    writer = begin()
    writer.add(Point(Phase.RESET, 0.1))
    store.export_run(writer.run_id, tmp_path / "run.csv")
    assert ",reset," in (tmp_path / "run.csv").read_text().splitlines()[1]
