"""The panel of plots, used by mouse and keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from dwmtj.gui.plots import DARK, LIGHT, PlotsPanel, RunPoints
from dwmtj.gui.plots.plot import NO_POINTS, Plot
from dwmtj.tests.gui.plots.staircase import Columns, part, points_of, staircase

Draw = Callable[[PlotsPanel], None]
LEFT = Qt.MouseButton.LeftButton
TABS = range(5)


def wheel(plot: Plot, at: QPointF, steps: int = 1) -> None:
    """Turn the wheel over a plot."""
    event = QWheelEvent(
        at,
        plot.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot, event)


def open_tab(panel: PlotsPanel, number: int) -> None:
    QTest.mouseClick(panel.tabs, LEFT, pos=panel.tabs.tabRect(number).center())
    assert panel.tabs.currentIndex() == number


def copied(panel: PlotsPanel) -> list[list[str]]:
    """Copy the data by its keys and return the table on the clipboard."""
    panel.page.main.setFocus()
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(panel.page.main, Qt.Key.Key_C, modifiers)
    return [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]


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


def test_an_overlay_leaves_a_view_set_by_hand(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 42", points_of(staircase()), running=False)
    draw(panel)
    wheel(panel.page.main, panel.page.main.data_rect().center())
    view = panel.page.main.view
    panel.add_overlay("Run 41", points_of(staircase(seed=2)))
    draw(panel)
    assert panel.page.main.view == view
    assert not panel.toolbar.follow.isChecked()


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
    QTest.keyClick(panel.page.main, Qt.Key.Key_Left)
    draw(panel)
    assert panel.page.main.reading


def hostile() -> dict[str, Columns]:
    """Return runs that plots tend to break on."""
    one = part(staircase(), 1, 2)
    constant = {**staircase(), "resistance_ohm": np.full(123, 100.0), "field_T": np.zeros(123)}
    constant["amplitude_V"][:] = 1.0
    constant["time_s"][:] = 3.0
    gone = {**staircase(), "resistance_ohm": np.full(123, np.nan)}
    infinite = staircase()
    infinite["resistance_ohm"][::2] = np.inf
    infinite["amplitude_V"][::3] = -np.inf
    infinite["time_s"][::5] = np.nan
    back = {**staircase(), "cycle": staircase()["cycle"][::-1].copy()}
    huge = staircase()
    huge["resistance_ohm"][[10, 20]] = 9.9e37, -9.9e37
    tiny = {**staircase(), "resistance_ohm": staircase()["resistance_ohm"] * 1e-30}
    marked = {**staircase(), "mark": np.ones(123, bool)}
    close = {**staircase(), "resistance_ohm": 100.0 + 1e-14 * np.arange(123)}
    return {
        "one point": one,
        "constant": constant,
        "nothing read": gone,
        "infinite": infinite,
        "cycles backwards": back,
        "an open contact": huge,
        "tiny": tiny,
        "all marked": marked,
        "differences of one bit": close,
        "only point numbers": {"point": np.arange(5)},
    }


@pytest.mark.parametrize("kind", hostile())
def test_any_run_can_be_shown_zoomed_and_pointed_at(
    panel: PlotsPanel, draw: Draw, kind: str
) -> None:
    panel.show_run("Run 1", points_of(hostile()[kind]), running=False)
    panel.add_overlay("Run 0", points_of(hostile()[kind]))
    for log in (False, True):
        panel.toolbar.log.setChecked(log)
        panel.toolbar.log_set.emit(log)
        for number in TABS:
            panel.tabs.setCurrentIndex(number)
            draw(panel)
            plot = panel.page.main
            plot.pointer = plot.data_rect().center()
            wheel(plot, plot.pointer, 4)
            draw(panel)
            wheel(plot, plot.pointer, -300)
            draw(panel)


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


def luminance(name: str) -> float:
    channels = np.array([int(name[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_and_the_newest_cycle_most(theme: object) -> None:
    assert isinstance(theme, type(LIGHT))

    def contrast(name: str) -> float:
        pair = sorted((luminance(name), luminance(theme.background)))
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    for name in (theme.text, theme.muted, theme.marked, *theme.overlays):
        assert contrast(name) >= 4.5, name
    shades = [contrast(shade.name()) for shade in theme.shades()]
    assert shades == sorted(shades)
    assert shades[-1] > 10
