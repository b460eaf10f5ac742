"""Every state of the window in three sizes: no text is clipped, no glyph is missing."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dwmtj.gui.keys import KeysPage
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.window import BenchWindow
from dwmtj.tests.gui.conftest import PATIENCE_MS, Open
from dwmtj.tests.gui.look.legibility import clipped, missing_glyphs
from dwmtj.tests.gui.stand_in import StandIn

SIZES = [(1280, 720), (1366, 768), (3840, 2160)]


def check(window: BenchWindow) -> None:
    QApplication.processEvents()
    assert clipped(window) == []
    assert missing_glyphs(window) == set()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_text_is_clipped_and_no_glyph_is_missing(
    open_window: Open, qtbot: QtBot, station: StandIn, size: tuple[int, int]
) -> None:
    window = open_window(ThemeChoice.DARK, size)
    panels = window.panels
    qtbot.waitUntil(lambda: panels.runs.model.total == 5, timeout=PATIENCE_MS)
    check(window)
    for name in ("pulse", "read", "field"):
        panels.bench.by_hand.toggle(name)
        check(window)
    panels.new_run.form.fields["amplitude_stop_V"].edit.setText("6.5")
    check(window)
    station.pretend_running(5)
    qtbot.waitUntil(lambda: panels.plots.run_id == 5, timeout=PATIENCE_MS)
    for tab in panels.named_tabs().values():
        panels.tabs.open(tab)
        check(window)
    station.pretend_stopping()
    qtbot.waitUntil(panels.bench.stopping.isVisible, timeout=PATIENCE_MS)
    check(window)


def test_the_list_of_keys_is_legible(window: BenchWindow) -> None:
    page = KeysPage(window)
    page.show()
    QApplication.processEvents()
    assert clipped(page) == []
    assert missing_glyphs(page) == set()
    page.close()
