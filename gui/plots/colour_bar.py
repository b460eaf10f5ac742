"""A colour bar beside a plot: what its colours stand for."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .colours import LIGHT, PlotColours
from .drawing.axes import multiples, nice_step
from .drawing.scales import GAP, tick_font
from .plot import Plot

BAR_WIDTH = 9.0
Ticks = Sequence[tuple[float, str]]  # share of the height from below, and text


def cycle_ticks(first: int, newest: int, last: int) -> Ticks:
    """Return ticks at cycles up to the newest, counted from 1.

    `first` and `last` are the cycles, counted from 0, that the ends of the colours stand for.
    """
    low, high = first + 1, newest + 1
    if first == last:
        return [(1.0, f"{high:,}")]
    step = ceil(nice_step(last - first, 8))
    values = {low, *(round(value) for value in multiples(low, high, step)), high}
    apart = [v for v in values if v in (low, high) or min(v - low, high - v) >= 0.6 * step]
    return [((value - low) / (last - first), f"{value:,}") for value in sorted(apart)]


def share_ticks() -> Ticks:
    """Return ticks for shares, whose colour goes with the square root."""
    return [((percent / 100) ** 0.5, f"{percent} %") for percent in (1, 10, 25, 50, 100)]


class ColourBar(QWidget):
    """A gradient of the cycles' colours as high as the data of the plot beside it."""

    def __init__(self, plot: Plot, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot, self._label = plot, label
        self.ticks: Ticks = ()
        self.colours: PlotColours = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_ticks(self, ticks: Ticks) -> None:
        if list(ticks) != list(self.ticks):
            self.ticks = ticks
            self.updateGeometry()
            self.update()

    def set_colours(self, colours: PlotColours) -> None:
        self.colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(tick_font(self.font()))
        widest = max([metrics.horizontalAdvance(text) for _, text in self.ticks], default=0.0)
        return QSize(ceil(metrics.height() + BAR_WIDTH + widest + 6 * GAP), 60)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.colours.background))
        data = self._plot.data_rect()
        painter.setFont(tick_font(self.font()))
        line = QFontMetricsF(painter.font()).height()
        bar = QRectF(line + 2 * GAP, data.top(), BAR_WIDTH, data.height())
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        shades = self.colours.shades()
        for number, shade in enumerate(shades):
            gradient.setColorAt(number / (len(shades) - 1), shade)
        painter.fillRect(bar, gradient if len(self.ticks) > 1 else shades[-1])
        painter.setPen(QColor(self.colours.muted))
        for share, text in self.ticks:
            y = bar.bottom() - share * bar.height()
            painter.setPen(QPen(QColor(self.colours.axis), 1.0))
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            painter.setPen(QColor(self.colours.muted))
            top = min(max(y - line / 2, 0.0), self.height() - line)
            box = QRectF(bar.right() + GAP + 2, top, self.width() - bar.right() - GAP - 2, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.translate(0, bar.center().y())
        painter.rotate(-90)
        box = QRectF(-bar.height() / 2, GAP, bar.height(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._label)
        painter.end()
