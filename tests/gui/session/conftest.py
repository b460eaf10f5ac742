"""Real parts: a bench served over TCP, its station in a process of its own, and windows on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dwmtj.gui.application import END_UNUSED_AFTER_S
from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.look.appearance import Appearance
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.window import BenchWindow
from dwmtj.gui.window_state import load_state
from dwmtj.instruments import load_bench_file
from dwmtj.station import Station
from dwmtj.station.messages import Activity
from dwmtj.tests.gui.session.operator import Operator
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, served_bench
from dwmtj.tests.station.conftest import runtime_folder

__all__ = ["runtime_folder"]  # the folder of the stations, which are killed at the end


@pytest.fixture
def served() -> Iterator[TcpBench]:
    with served_bench() as bench:
        yield bench


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "lab.sqlite"


class Desk:
    """Opens windows on benches, as `dwmtj gui` does, one after another with the same memory."""

    def __init__(self, qtbot: QtBot, database: Path, folder: Path) -> None:
        self._qtbot, self._database, self._folder = qtbot, database, folder
        self._opened: list[BenchWindow] = []

    def open(self, bench: Path) -> Operator:
        """Open a window, which starts or finds the station; return its operator."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)

        def connect() -> Station:
            return Station.start(
                str(bench), database=str(self._database), end_unused_after_s=END_UNUSED_AFTER_S
            )

        link = StationLink(connect)
        link.start()
        memory, _ = load_state(self._folder)
        appearance = Appearance(application, ThemeChoice.LIGHT)
        window = BenchWindow(load_bench_file(str(bench)), link, appearance, memory, self._folder)
        self._opened.append(window)
        window.show()
        operator = Operator(window, self._qtbot)
        operator.until(
            lambda: window.station is not None and window.station.activity is not Activity.OPENING
        )
        return operator

    def close(self) -> None:
        for window in self._opened:
            window.close_quietly()
            window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def desk(qtbot: QtBot, database: Path, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, database, tmp_path / "state")
    yield made
    made.close()
