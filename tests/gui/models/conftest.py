"""A window on a database with a calibrated model."""

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from dwmtj.gui.models.tab import ModelsTab
from dwmtj.gui.window import BenchWindow
from dwmtj.tests.gui.conftest import PATIENCE_MS, Open
from dwmtj.tests.gui.stand_in import StandIn

SAMPLE = Path(__file__).parents[2] / "storage" / "databases" / "v4.sqlite"


@pytest.fixture
def models(
    open_window: Open, qtbot: QtBot, station: StandIn, tmp_path: Path
) -> tuple[BenchWindow, ModelsTab]:
    """A window on a database with twelve cycles of a staircase and the model of them."""
    database = tmp_path / "sample.sqlite"
    shutil.copy(SAMPLE, database)
    station.pretend(database=str(database))
    window = open_window()
    tab = window.panels.models
    qtbot.waitUntil(lambda: len(tab.model.records) == 1, timeout=PATIENCE_MS)
    return window, tab
