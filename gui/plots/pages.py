"""The pages of the panel: which plots stand together."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from .colour_bar import ColourBar, cycle_ticks, share_ticks
from .colours import PlotColours
from .cycles import LoopPlot, VoltagePlot
from .histogram import HistogramPlot
from .plot import Plot
from .series import FieldPlot, TimePlot
from .state_map import StateMapPlot

PICTURE_RATIO = 2.0  # of a copied picture, on any screen
BESIDE_WIDTH = 132
STRIP_SHARE = 3  # of the height of R(V), one part for R(t)


class Page(QWidget):
    """Plots of one tab; the first is the one that buttons and copies are for."""

    def __init__(self, plots: Sequence[Plot], bars: Sequence[ColourBar] = ()) -> None:
        super().__init__()
        self.plots, self.bars = tuple(plots), tuple(bars)

    @property
    def main(self) -> Plot:
        return self.plots[0]

    def refresh(self) -> bool:
        """Take new points; return whether more are waiting."""
        waiting = [plot.refresh() for plot in self.plots]
        return any(waiting)

    def picture(self, ratio: float = PICTURE_RATIO) -> QImage:
        """Return what is shown, painted anew with `ratio` pixels for each logical one."""
        image = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(self.plots[0].colours.background))
        for plot in self.plots:
            plot.picture_ratio = ratio
        try:
            self.render(image)
        finally:
            for plot in self.plots:
                plot.picture_ratio = None
        return image

    def set_colours(self, colours: PlotColours) -> None:
        for plot in self.plots:
            plot.set_colours(colours)
        for bar in self.bars:
            bar.set_colours(colours)


class VoltagePage(Page):
    """R(V) with its colour bar, the histogram beside it, and a strip of R(t) below."""

    def __init__(self) -> None:
        self.voltage, self.levels = VoltagePlot(), HistogramPlot(beside=True)
        self.strip = TimePlot(compact=True)
        self.bar = ColourBar(self.voltage, "Cycle")
        super().__init__((self.voltage, self.levels, self.strip), (self.bar,))
        above = QWidget()
        row = _row(above)
        row.addWidget(self.voltage, 1)
        row.addWidget(self.bar)
        row.addWidget(self.levels)
        self.levels.setFixedWidth(BESIDE_WIDTH)
        _stack(self, above, self.strip)
        self.voltage.view_changed.connect(self._share_view)
        self._show_parts()

    def refresh(self) -> bool:
        waiting = super().refresh()
        self.bar.show_ticks(cycle_ticks(*self.voltage.cycles))
        self._show_parts()
        self._share_view()
        return waiting

    def _show_parts(self) -> None:
        """Hide what belongs to a plot without data: one sentence is enough."""
        self.bar.setVisible(self.voltage.has_points)
        self.levels.setVisible(self.voltage.view is not None)
        self.strip.setVisible(self.strip.view is not None)

    def _share_view(self) -> None:
        if self.voltage.view:
            self.levels.share_view(self.voltage.view)


class MapPage(Page):
    """The state map with its colour bar."""

    def __init__(self) -> None:
        self.map = StateMapPlot()
        bar = ColourBar(self.map, "Share of readings")
        bar.show_ticks(share_ticks())
        super().__init__((self.map,), (bar,))
        row = _row(self)
        row.addWidget(self.map, 1)
        row.addWidget(bar)
        bar.hide()

    def refresh(self) -> bool:
        waiting = super().refresh()
        self.bars[0].setVisible(self.map.view is not None)
        return waiting


class FieldPage(Page):
    """Field against time; for minor loops also resistance against field."""

    def __init__(self) -> None:
        self.field, self.loop = FieldPlot(), LoopPlot()
        super().__init__((self.loop, self.field))
        _stack(self, self.loop, self.field, parts=(3, 2))
        self.loop.hide()

    @property
    def main(self) -> Plot:
        return self.loop if self.loop.view else self.field

    def refresh(self) -> bool:
        waiting = super().refresh()
        self.loop.setVisible(self.loop.view is not None)
        return waiting


def single(plot: Plot) -> Page:
    """Return a page of one plot."""
    page = Page((plot,))
    _row(page).addWidget(plot)
    return page


def pages() -> dict[str, Page]:
    """Return the pages by the texts of their tabs."""
    return {
        "R(V)": VoltagePage(),
        "R(t)": single(TimePlot()),
        "Levels": single(HistogramPlot()),
        "State map": MapPage(),
        "Field": FieldPage(),
    }


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    return row


def _stack(
    page: QWidget, above: QWidget, below: QWidget, parts: tuple[int, int] = (STRIP_SHARE, 1)
) -> None:
    splitter = QSplitter(Qt.Orientation.Vertical)
    for widget, part in zip((above, below), parts, strict=True):
        splitter.addWidget(widget)
        splitter.setStretchFactor(splitter.count() - 1, part)
    splitter.setChildrenCollapsible(False)
    splitter.setSizes([100 * part for part in parts])
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(splitter)
