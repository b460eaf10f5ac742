"""What is copied from a plot."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from dwmtj.gui.plots import LIGHT, PlotsPanel
from dwmtj.tests.gui.plots.by_hand import LEFT, Draw, copied, open_tab, wheel
from dwmtj.tests.gui.plots.staircase import points_of, staircase


def test_copied_data_are_the_points_in_view_with_units(panel: PlotsPanel, draw: Draw) -> None:
    columns = staircase()
    columns["mark"][7] = True
    panel.show_run("Run 1", points_of(columns), running=False)
    draw(panel)
    header, *rows = copied(panel)
    assert header == ["Point", "Cycle", "Pulse amplitude (V)", "Resistance (Ω)"]
    shown = np.isfinite(columns["amplitude_V"]) & ~columns["mark"]
    table = np.array(rows, float)
    np.testing.assert_array_equal(table[:, 0], columns["point"][shown])
    np.testing.assert_array_equal(table[:, 1], columns["cycle"][shown] + 1)
    np.testing.assert_array_equal(table[:, 2], columns["amplitude_V"][shown])
    np.testing.assert_array_equal(table[:, 3], columns["resistance_ohm"][shown])
    for _ in range(4):
        wheel(panel.page.main, panel.page.main.data_rect().center())
    view = panel.page.main.view
    assert view
    _, *rows = copied(panel)
    within = shown & (columns["amplitude_V"] >= view.x[0]) & (columns["amplitude_V"] <= view.x[1])
    within &= (columns["resistance_ohm"] >= view.y[0]) & (columns["resistance_ohm"] <= view.y[1])
    assert [int(row[0]) for row in rows] == columns["point"][within].tolist()


@pytest.mark.parametrize(
    ("number", "header", "rows"),
    [
        (1, ["Point", "Cycle", "Time on the bench (s)", "Resistance (Ω)"], 123),
        (2, ["From (Ω)", "To (Ω)", "Readings"], None),
        (3, ["Pulse amplitude (V)", "From (Ω)", "To (Ω)", "Readings", "Share"], None),
        (4, ["Point", "Cycle", "Time on the bench (s)", "Field (mT)"], 123),
    ],
)
def test_every_plot_can_be_copied_as_a_table(
    panel: PlotsPanel, draw: Draw, number: int, header: list[str], rows: int | None
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    open_tab(panel, number)
    draw(panel)
    table = copied(panel)
    assert table[0] == header
    assert rows is None or len(table) == rows + 1
    if "Readings" in header:
        readings = [int(row[header.index("Readings")]) for row in table[1:]]
        assert sum(readings) == (123 if number == 2 else 120)


def test_a_copied_picture_has_twice_the_pixels(panel: PlotsPanel, qtbot: QtBot, draw: Draw) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    QTest.mouseClick(panel.toolbar.copy, LEFT)
    menu = panel.toolbar.copy_menu
    qtbot.waitUntil(menu.isVisible, timeout=30_000)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    image = QGuiApplication.clipboard().image()
    assert image.width() == 2 * panel.page.width()
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in (40, 60, 80)}
    assert LIGHT.shades()[-1].name() in seen
