"""The window on a display of its own, with a station that a test steers."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.look.appearance import Appearance
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.window import BenchWindow
from dwmtj.gui.window_state import load_state
from dwmtj.instruments import load_bench_file
from dwmtj.storage import Point, Status, Store
from dwmtj.tests.gui.stand_in import StandIn

PATIENCE_MS = 300_000
Open = Callable[..., BenchWindow]


@pytest.fixture(autouse=True)
def collected_in_the_qt_thread() -> Iterator[None]:
    """Collect between two tests, when no worker runs, as the window collects in Qt's thread."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of five runs; the third is failed."""
    path = tmp_path / "lab.sqlite"
    with Store.open(path) as store:
        for index in range(5):
            protocol = "minor-loop" if index == 3 else "staircase-write"
            device = "W7-B4" if index % 2 else "trapezoid"
            writer = store.begin_run(
                protocol, device, parameters={}, bench={}, operator="Ada", notes=f"note {index + 1}"
            )
            for step in range(20):
                writer.add(Point("write", 0.1 * step, 0, 0.1 * step, resistance_ohm=100.0 - step))
            writer.finish(Status.FAILED if index == 2 else Status.FINISHED)
    return path


@pytest.fixture
def station(database: Path) -> StandIn:
    return StandIn(load_bench_file("virtual-trapezoid"), database)


@pytest.fixture
def open_window(
    qtbot: QtBot, station: StandIn, tmp_path: Path
) -> Iterator[Callable[..., BenchWindow]]:
    """Return a function that opens a window and waits for the station's first state."""
    opened: list[BenchWindow] = []

    def make(
        theme: ThemeChoice = ThemeChoice.LIGHT, size: tuple[int, int] = (1366, 768)
    ) -> BenchWindow:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        folder = tmp_path / "state"
        memory, sentence = load_state(folder)
        memory.theme = theme
        link = StationLink(lambda: station)
        window = BenchWindow(
            load_bench_file("virtual-trapezoid"),
            link,
            Appearance(application, theme),
            memory,
            folder,
        )
        opened.append(window)
        if sentence:
            window.say_error(sentence)
        window.resize(*size)
        window.show()
        link.start()
        qtbot.waitUntil(lambda: window.station is not None, timeout=PATIENCE_MS)
        return window

    yield make
    for window in opened:
        window.close_quietly()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> BenchWindow:
    """A window whose runs are loaded."""
    made = open_window()
    qtbot.waitUntil(lambda: made.panels.runs.model.total == 5, timeout=PATIENCE_MS)
    return made
