"""A plot moved, zoomed and read with mouse and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from dwmtj.gui.plots import PlotsPanel
from dwmtj.tests.gui.plots.by_hand import LEFT, TABS, Draw
from dwmtj.tests.gui.plots.staircase import points_of, staircase


def test_dragging_moves_the_view_and_keys_zoom_move_and_follow_again(
    panel: PlotsPanel, draw: Draw
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    plot = panel.page.main
    before = plot.view
    middle = plot.data_rect().center().toPoint()
    QTest.mousePress(plot, LEFT, pos=middle)
    QTest.mouseMove(plot, middle + QPoint(60, 0))
    QTest.mouseRelease(plot, LEFT, pos=middle + QPoint(60, 0))
    assert before
    assert plot.view
    assert plot.view.x[0] < before.x[0]
    assert plot.view.y == pytest.approx(before.y)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.view == before
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert np.ptp(plot.view.x) == pytest.approx(np.ptp(before.x) / 1.25)
    QTest.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert plot.view.y[0] > before.y[0]
    assert not plot.following


def test_a_drag_with_the_right_button_zooms_to_a_box(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    plot = panel.page.main
    frame = plot.frame()
    assert frame
    corner, other = QPoint(200, 60), QPoint(320, 160)
    QTest.mousePress(plot, Qt.MouseButton.RightButton, pos=corner)
    QTest.mouseMove(plot, other)
    draw(panel)
    QTest.mouseRelease(plot, Qt.MouseButton.RightButton, pos=other)
    assert plot.view
    assert plot.view.x == pytest.approx((frame.x_at(200), frame.x_at(320)))
    assert plot.view.y == pytest.approx((frame.y_at(160), frame.y_at(60)))


def test_the_crosshair_shows_the_nearest_point_and_steps_by_keys(
    panel: PlotsPanel, draw: Draw
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    plot = panel.page.main
    frame = plot.frame()
    assert frame
    at = QPoint(round(float(frame.px(1.0))), round(float(frame.py(100.0))))
    QTest.mouseMove(plot, at)
    draw(panel)
    assert plot.reading
    assert plot.reading.value == "1 V"
    row = plot.reading.row
    assert plot.reading.origin.startswith(f"cycle {row // 40 + 1} · point")
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.reading
    assert plot.reading.value == "1.1 V"
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not plot.reading


def test_without_a_crosshair_the_arrows_begin_at_the_newest_point(
    panel: PlotsPanel, draw: Draw
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    plot = panel.page.main
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.reading
    assert plot.reading.value == "4 V"
    assert plot.reading.origin == "cycle 3 · point 122"


@pytest.mark.parametrize("number", TABS)
def test_the_keys_reach_every_plot_and_its_crosshair(
    panel: PlotsPanel, draw: Draw, number: int
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    panel.tabs.setFocus()
    for _ in range(number):
        QTest.keyClick(panel.tabs, Qt.Key.Key_Right)
    draw(panel)
    for _ in range(12):
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        if panel.focusWidget() is panel.page.main:
            break
    assert panel.focusWidget() is panel.page.main
    assert panel.page.main.shows_focus
    QTest.keyClick(panel.page.main, Qt.Key.Key_Left)
    draw(panel)
    assert panel.page.main.reading
