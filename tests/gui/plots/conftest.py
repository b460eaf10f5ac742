"""A panel of plots that is closed before the next test."""

import os
import sys
from collections.abc import Callable, Iterator

import pytest

if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dwmtj.gui.plots import PlotsPanel


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[PlotsPanel]:
    """A panel on the screen, of the size it has in a window of 1366 × 768."""
    shown = PlotsPanel()
    shown.resize(808, 500)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    shown.close()


@pytest.fixture
def draw(qapp: QApplication) -> Callable[[PlotsPanel], None]:
    """Return a function that draws frames of a panel until nothing is left to draw."""

    def frames(panel: PlotsPanel) -> None:
        while panel.page.refresh():
            pass
        panel.grab()
        qapp.processEvents()

    return frames
