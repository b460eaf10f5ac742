"""The panel of plots, used by mouse and keys."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from dwmtj.gui.plots import PlotsPanel, RunPoints
from dwmtj.gui.plots.plot import NO_POINTS
from dwmtj.tests.gui.plots.by_hand import LEFT, TABS, Draw, copied, open_tab, wheel
from dwmtj.tests.gui.plots.staircase import part, points_of, staircase


def test_an_empty_panel_says_so_on_every_tab(panel: PlotsPanel, draw: Draw) -> None:
    for number in TABS:
        open_tab(panel, number)
        draw(panel)
        assert panel.page.main.view is None
        assert panel.page.main.sentence == NO_POINTS
    panel.show_run("Run 1", RunPoints(), running=False)
    assert panel.page.main.sentence == "This run has no points."


def test_points_are_drawn_at_the_next_frame(panel: PlotsPanel, qtbot: QtBot) -> None:
    points = RunPoints()
    panel.show_run("Run 1", points, running=True)
    points.append(staircase())
    panel.points_changed()
    qtbot.waitUntil(lambda: panel.page.main.view is not None, timeout=30_000)
    view = panel.page.main.view
    assert view
    assert view.x[0] < 0.1
    assert view.x[1] > 4.0


@pytest.mark.parametrize("number", TABS)
def test_following_keeps_up_until_a_zoom_and_again_after_the_button(
    panel: PlotsPanel, draw: Draw, number: int
) -> None:
    columns = staircase(cycles=8)
    columns["resistance_ohm"] += columns["cycle"] * 40.0
    columns["field_T"] -= 0.02 * columns["cycle"]
    points = points_of(part(columns, 0, 60))
    panel.show_run("Run 1", points, running=True)
    open_tab(panel, number)
    draw(panel)
    plot, button = panel.page.main, panel.toolbar.follow
    first = plot.view
    points.append(part(columns, 60, 150))
    draw(panel)
    assert plot.view != first
    assert button.isChecked()
    wheel(plot, QPointF(plot.data_rect().center()))
    zoomed = plot.view
    assert not button.isChecked()
    points.append(part(columns, 150, 328))
    draw(panel)
    assert plot.view == zoomed
    QTest.mouseClick(button, LEFT)
    draw(panel)
    assert button.isChecked()
    assert plot.view
    assert plot.view.y[1] > (380 if number < 4 else 40)


def test_the_histogram_beside_shares_the_resistance_axis(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    draw(panel)
    voltage, levels, _ = panel.page.plots
    for _ in range(2):
        assert voltage.view
        assert levels.view
        assert levels.view.y == voltage.view.y
        assert levels.data_rect().top() == voltage.data_rect().top()
        assert levels.data_rect().bottom() == voltage.data_rect().bottom()
        wheel(voltage, voltage.data_rect().center(), 3)


def test_the_log_button_lays_every_resistance_axis_out_in_decades(
    panel: PlotsPanel, draw: Draw
) -> None:
    panel.show_run("Run 1", points_of(staircase()), running=False)
    panel.toolbar.log.setFocus()
    QTest.keyClick(panel.toolbar.log, Qt.Key.Key_Space)
    for number in TABS:
        open_tab(panel, number)
        draw(panel)
        plot = panel.page.main
        assert plot.view
        assert plot.view.log == plot.can_be_logarithmic == panel.toolbar.log.isEnabled()
    open_tab(panel, 0)
    QTest.mouseClick(panel.toolbar.log, LEFT)
    assert panel.page.main.view
    assert not panel.page.main.view.log


def test_zero_and_negative_resistances_do_not_reach_a_logarithmic_axis(
    panel: PlotsPanel, draw: Draw
) -> None:
    columns = staircase()
    columns["resistance_ohm"][[3, 5]] = 0.0, -4.0
    panel.show_run("Run 1", points_of(columns), running=False)
    QTest.mouseClick(panel.toolbar.log, LEFT)
    for number in TABS[:4]:
        open_tab(panel, number)
        draw(panel)
        view = panel.page.main.view
        assert view
        assert 40 < view.y[0] < 70


def test_the_overlay_button_asks_and_later_offers_to_remove(
    panel: PlotsPanel, qtbot: QtBot, draw: Draw
) -> None:
    panel.show_run("Run 42", points_of(staircase()), running=False)
    button = panel.toolbar.overlay
    with qtbot.waitSignal(panel.overlay_asked):
        QTest.mouseClick(button, LEFT)
    assert not button.isChecked()
    wide = staircase(seed=2)
    wide["resistance_ohm"] += 100.0
    panel.add_overlay("Run 41", points_of(wide))
    for number in TABS:
        open_tab(panel, number)
        draw(panel)
    open_tab(panel, 0)
    assert button.isChecked()
    assert button.text() == "Overlay: Run 41"
    assert panel.page.main.view
    assert panel.page.main.view.y[1] > 200
    panel.add_overlay("Run 40", points_of(staircase(seed=3)))
    assert button.text() == "Overlay: 2 runs"
    QTest.mouseClick(button, LEFT)
    menu = panel.toolbar.overlay_menu
    qtbot.waitUntil(menu.isVisible, timeout=30_000)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert button.text() == "Overlay"
    assert panel.page.main.view.y[1] < 200


def test_a_run_without_pulses_shows_the_runs_laid_over_it_and_is_named(
    panel: PlotsPanel, draw: Draw
) -> None:
    columns = staircase()
    bare = {**columns, "amplitude_V": np.full(len(columns["point"]), np.nan)}
    panel.show_run("Run 42", points_of(bare), running=False)
    draw(panel)
    assert panel.title.full_text() == "Run 42"
    assert not panel.page.main.table_shown()
    panel.add_overlay("Run 41", points_of(staircase(seed=2)))
    draw(panel)
    view = panel.page.main.view
    assert view
    assert view.x[1] > 3.9
    assert view.y[1] > 100
    panel.clear_overlays()
    draw(panel)
    assert panel.page.main.view != view


def test_an_overlay_leaves_a_view_set_by_hand(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 42", points_of(staircase()), running=False)
    draw(panel)
    wheel(panel.page.main, panel.page.main.data_rect().center())
    view = panel.page.main.view
    panel.add_overlay("Run 41", points_of(staircase(seed=2)))
    draw(panel)
    assert panel.page.main.view == view
    assert not panel.toolbar.follow.isChecked()


def test_a_repeated_cycle_replaces_the_one_that_was_interrupted(
    panel: PlotsPanel, draw: Draw
) -> None:
    first, again = part(staircase(), 0, 100), part(staircase(first_point=200), 82, 123)
    points = points_of({**first, "attempt": np.full(100, 1)})
    panel.show_run("Run 1", points, running=True)
    draw(panel)
    points.append({**again, "attempt": np.full(41, 2)})
    draw(panel)
    table = copied(panel)
    assert [row[0] for row in table[-40:]] == [str(number) for number in range(283, 323)]
    assert len(table) == 1 + 3 * 40


def test_no_button_or_tab_is_narrower_than_its_text(
    panel: PlotsPanel, qtbot: QtBot, draw: Draw
) -> None:
    panel.resize(728, 454)
    panel.show_run("Run 42", points_of(staircase()), running=False)
    panel.add_overlay("Run 41", points_of(staircase(seed=2)))
    draw(panel)
    buttons = panel.findChildren(QPushButton)
    qtbot.waitUntil(
        lambda: all(button.width() >= button.sizeHint().width() for button in buttons),
        timeout=30_000,
    )
    for number in TABS:
        text = panel.tabs.tabText(number)
        assert panel.tabs.tabRect(number).width() > panel.tabs.fontMetrics().horizontalAdvance(text)
    assert panel.tabs.geometry().right() < panel.toolbar.geometry().left()


def test_a_run_no_longer_shown_is_forgotten(panel: PlotsPanel, draw: Draw) -> None:
    runs = []
    for number in range(3):
        points = points_of(staircase())
        runs.append(weakref.ref(points))
        panel.show_run(f"Run {number}", points, running=False)
        panel.add_overlay("Run 0", points)
        for tab in TABS:
            open_tab(panel, tab)
            draw(panel)
    panel.show_run("Run 4", points_of(staircase()), running=False)
    del points
    gc.collect()
    assert [run() for run in runs] == [None] * 3
