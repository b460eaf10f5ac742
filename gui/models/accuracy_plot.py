"""Accuracies against whole numbers: curves with a legend above them."""

from collections.abc import Sequence
from html import escape
from math import ceil

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..look.theme import Theme
from ..look.widgets import label

MOST_TICKS = 12


class AccuracyPlot(QWidget):
    """A plot of percentages; whoever adds curves also gives them their pens."""

    def __init__(self, abscissa: str) -> None:
        super().__init__()
        self._plot = pg.PlotWidget()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setLabel("bottom", abscissa)
        self._plot.setLabel("left", "Test accuracy (%)")
        self._plot.getPlotItem().hideButtons()
        self._legend = label()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._legend)
        column.addWidget(self._plot, 1)

    def add_curve(self) -> pg.PlotDataItem:
        """Add a curve and return it."""
        return self._plot.plot()

    def clear(self) -> None:
        """Remove all curves."""
        self._plot.clear()

    def set_theme(self, theme: Theme) -> None:
        self._plot.setBackground(theme.card)
        for side in ("bottom", "left"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted)

    def show_numbers(self, count: int, *, empty: bool) -> None:
        """Let the abscissa run from 1 to a number, with whole numbers at its ticks."""
        self._plot.setXRange(0.5, count + 0.5, padding=0)
        if empty:
            self._plot.setYRange(0, 100)
        else:
            self._plot.enableAutoRange(axis="y")
        step = ceil(count / MOST_TICKS)
        self._plot.getPlotItem().getAxis("bottom").setTickSpacing(step, step)

    def show_legend(self, entries: Sequence[tuple[str, str, str]]) -> None:
        """Show colour, mark and name of each curve."""
        shown = (
            f'<span style="color:{colour}">{mark}</span> {escape(name)}'
            for colour, mark, name in entries
        )
        self._legend.setText("&nbsp;&nbsp;&nbsp;&nbsp;".join(shown))
