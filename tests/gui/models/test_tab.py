"""Models: calibrated from the window, shown, compared; a failure is one sentence."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dwmtj.gui.models.tab import ModelsTab
from dwmtj.gui.window import BenchWindow
from dwmtj.tests.gui.conftest import PATIENCE_MS


def test_selected_runs_are_calibrated_and_the_model_is_shown_and_compared(
    models: tuple[BenchWindow, ModelsTab], qtbot: QtBot
) -> None:
    window, tab = models
    tab.calibrate([1], "trapezoid-1")
    assert tab.progress.isVisibleTo(tab)
    qtbot.waitUntil(lambda: len(tab.model.records) == 2, timeout=PATIENCE_MS)
    page = window.panels.text_page.text
    qtbot.waitUntil(lambda: "version 2" in page.toPlainText(), timeout=PATIENCE_MS)
    assert "Levels, with 95 % intervals".upper() in page.toPlainText()
    tab.table.selectAll()
    qtbot.keyClick(tab.table, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "trapezoid-1:2" in page.toPlainText(), timeout=PATIENCE_MS)
    assert "agree" in page.toPlainText()
    assert not tab.progress.isVisibleTo(tab)


def test_runs_that_cannot_be_calibrated_are_refused_in_a_sentence(
    models: tuple[BenchWindow, ModelsTab], qtbot: QtBot
) -> None:
    window, tab = models
    tab.calibrate([3], "nothing")
    error = window.panels.status.error
    qtbot.waitUntil(lambda: bool(error.full_text()), timeout=PATIENCE_MS)
    assert len(tab.model.records) == 1
    assert not tab.progress.isVisibleTo(tab)


def test_a_twin_bench_measures_the_model(
    models: tuple[BenchWindow, ModelsTab], tmp_path: Path
) -> None:
    from dwmtj.gui.models.twin import write_twin_bench
    from dwmtj.instruments import load_bench_file, open_bench
    from dwmtj.protocols.catalogue import make_protocol

    _, tab = models
    bench_file = write_twin_bench(tab.model.records[0], tmp_path / "sample.sqlite", tmp_path)
    with open_bench(load_bench_file(bench_file)) as bench:
        saturated, _ = make_protocol("saturate").steps(bench)
    assert saturated.resistance_ohm == pytest.approx(100, rel=0.02)
