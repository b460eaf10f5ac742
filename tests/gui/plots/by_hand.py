"""A panel of plots used as by hand."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from dwmtj.gui.plots import PlotsPanel
from dwmtj.gui.plots.plot import Plot

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
