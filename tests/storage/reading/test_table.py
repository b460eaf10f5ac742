"""Points column by column: the compiled reader returns what Python's returns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dwmtj.storage import Point, RunWriter, Status, Store
from dwmtj.storage.engines.sqlite import native
from dwmtj.storage.engines.sqlite.database import SqliteDatabase
from dwmtj.storage.reading.table import Texts
from dwmtj.tests.storage.engines import on_both
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run

Begin = Callable[[], RunWriter]


def read_twice(
    store: Store, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[pd.DataFrame, pd.DataFrame, list[int]]:
    """Return the points by Python, by compiled code, and the results of the compiled loop."""
    results: list[int] = []

    def fill(*arguments: Any) -> tuple[int, int]:
        rows, result = compiled(*arguments)
        results.append(result)
        return rows, result

    compiled = native._fill
    by_python = store.points(run_id, all_attempts=True)
    monkeypatch.setattr(native, "_fill", fill)
    monkeypatch.setattr(SqliteDatabase, "LARGE", 1)
    return by_python, store.points(run_id, all_attempts=True), results


@pytest.mark.skipif(native.library() is None, reason="Python's SQLite is linked statically")
def test_compiled_code_reads_what_python_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = measure_nasty_run(store)
    by_python, compiled, results = read_twice(store, run_id, monkeypatch)
    pd.testing.assert_frame_equal(by_python, compiled, check_exact=True)
    assert len(results) == 1
    assert results[0] in (100, 101)  # SQLITE_ROW, the arrays are full, or SQLITE_DONE


@on_both
def test_a_run_with_more_texts_than_compiled_code_keeps_is_read_by_python(
    store: Store, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begin()
    writer.add_all(Point("write", 0.0, mark=f"odd {number}") for number in range(1100))
    by_python, compiled, _ = read_twice(store, writer.run_id, monkeypatch)
    pd.testing.assert_frame_equal(by_python, compiled)
    assert compiled["mark"].nunique() == 1100


@on_both
def test_compiled_code_reads_beside_a_writer(
    store: Store, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqliteDatabase, "LARGE", 1)
    writer = begin()
    for number in range(5):
        writer.add(Point("write", float(number)))
        assert store.points(writer.run_id)["time_s"].tolist() == list(range(number + 1))
    writer.finish(Status.FINISHED)


def test_texts_are_numbered_as_they_appear() -> None:
    texts = Texts.of(["b", None, "a", "b"])
    assert (texts.codes.tolist(), texts.distinct) == ([0, -1, 1, 0], ("b", "a"))
    assert list(texts) == ["b", None, "a", "b"]
    assert list(Texts.of([])) == []
    assert np.array_equal(Texts.of([None]).codes, [-1])
