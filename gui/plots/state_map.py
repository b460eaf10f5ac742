"""State-distribution map: how often a pulse of each amplitude ends at each resistance."""

from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from ...arrays import Counts, Floats
from ...wording import counted
from .clipboard import Column
from .colours import SHADES, PlotColours
from .crosshair import Reading
from .data.state_counts import StateCounts
from .data.trace import Trace, against_voltage
from .drawing.axes import AMPLITUDE, RESISTANCE, number_text
from .drawing.view import Frame, View
from .plot import NO_PULSES, Plot

MOST_ROWS = 96  # resistance bins over the height: some pixels each, so that they are seen
WIDEST = 1.5  # of the usual step between amplitudes; a wider gap stays empty


@dataclass(frozen=True, slots=True)
class Cells:
    """The map in the bins that are shown: amplitudes by rows, resistances by columns."""

    amplitudes_V: Floats
    left_V: Floats
    right_V: Floats
    edges_ohm: Floats
    hits: Counts

    @property
    def share(self) -> Floats:
        share: Floats = self.hits / np.maximum(self.hits.sum(axis=1, keepdims=True), 1)
        return share


class StateMapPlot(Plot):
    """Share of the unmarked readings by resistance, for each pulse amplitude.

    Each amplitude sums to 1 over the resistances, as in `analysis.levels.state_map`, which has
    levels in their place. Overlays are not drawn.
    """

    x_axis = AMPLITUDE
    y_axis = RESISTANCE
    without_data = NO_PULSES

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.begin()

    def begin(self) -> None:
        self._trace = Trace(self.points, against_voltage)
        self._counts = StateCounts()

    def read(self, most: int) -> bool:
        new = self._trace.update(most)
        self._counts.add(self._trace.x[new], self._trace.y[new])
        return not self._trace.complete

    def extent(self) -> tuple[float, float, float, float] | None:
        if not len(self._trace):
            return None
        (left, right), (low, high) = self._trace.extent
        if self.log:
            low = max(low, min(self._trace.least_positive_y, high))
        return float(left), float(right), float(low), float(high)

    def cells(self, view: View) -> Cells:
        """Return the map in bins of resistance that suit a view."""
        counts = self._counts
        height = (counts.high_ohm - counts.low_ohm) / counts.hits.shape[1]
        shown = (view.y[1] - view.y[0]) / height
        merged = 1 << min(max(0, ceil(log2(shown / MOST_ROWS))), 9)
        hits = counts.hits.reshape(len(counts.hits), -1, merged).sum(axis=2)
        edges = np.linspace(counts.low_ohm, counts.high_ohm, hits.shape[1] + 1)
        left, right = _strips(counts.amplitudes_V)
        return Cells(counts.amplitudes_V, left, right, edges, hits)

    def paint_data(self, painter: QPainter, frame: Frame, deadline_s: float) -> bool:
        del deadline_s
        image = _image(frame, self.cells(frame.view), self.colours)
        image.setDevicePixelRatio(frame.ratio)
        painter.drawImage(frame.rect.topLeft(), image)
        return True

    def nearest(self, frame: Frame, at: QPointF) -> Reading | None:
        cells = self.cells(frame.view)
        column = int(np.abs(cells.amplitudes_V - frame.x_at(at.x())).argmin())
        row = int(np.searchsorted(cells.edges_ohm, frame.y_at(at.y()), side="right")) - 1
        return _reading(cells, column, row)

    def neighbour(self, reading: Reading | None, step: int) -> Reading | None:
        if self.view is None:
            return None
        cells = self.cells(self.view)
        if reading is None:
            return _reading(cells, len(cells.hits) - 1, int(cells.hits[-1].argmax()))
        column = int(np.searchsorted(cells.amplitudes_V, reading.x)) + step
        return _reading(cells, column, reading.row)

    def table(self, view: View) -> list[Column]:
        cells = self.cells(view)
        column, row = np.nonzero(cells.hits)
        return [
            Column("Pulse amplitude (V)", cells.amplitudes_V[column]),
            Column("From (Ω)", cells.edges_ohm[row]),
            Column("To (Ω)", cells.edges_ohm[row + 1]),
            Column("Readings", cells.hits[column, row]),
            Column("Share", cells.share[column, row]),
        ]


def _strips(amplitudes_V: Floats) -> tuple[Floats, Floats]:
    """Return where the strip of each amplitude begins and ends: half way to its neighbours."""
    gaps = np.diff(amplitudes_V)
    usual = float(np.median(gaps)) if len(gaps) else 0.1
    half = np.minimum(gaps, WIDEST * usual) / 2
    edge = np.full(1, usual / 2)
    return (
        amplitudes_V - np.concatenate([edge, half]),
        amplitudes_V + np.concatenate([half, edge]),
    )


def _image(frame: Frame, cells: Cells, colours: PlotColours) -> QImage:
    """Return the map with each device pixel in the colour of its cell."""
    inner = _Pixels(frame)
    column = np.searchsorted(cells.left_V, inner.x, side="right") - 1
    outside_x = (column < 0) | (inner.x >= cells.right_V[column])
    row = np.searchsorted(cells.edges_ohm, inner.y, side="right") - 1
    outside_y = (row < 0) | (row >= len(cells.edges_ohm) - 1)
    palette = np.array([0, *(shade.rgba() for shade in colours.shades())], np.uint32)
    shade = np.ceil(np.sqrt(cells.share) * SHADES).astype(np.uint8)  # rare states stay visible
    shown = palette[shade]
    pixels = shown[np.where(outside_x, 0, column)][:, np.where(outside_y, 0, row)].T.copy()
    pixels[:, outside_x] = 0
    pixels[outside_y] = 0
    height, width = pixels.shape
    return QImage(
        pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
    ).copy()


class _Pixels:
    """The amplitudes and resistances at the middles of the device pixels of a frame."""

    def __init__(self, frame: Frame) -> None:
        rect, ratio = frame.rect, frame.ratio
        width, height = max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio))
        low, high = frame.view.x
        self.x = low + (np.arange(width) + 0.5) / width * (high - low)
        bottom, top = frame.view.y_scale()
        y = top - (np.arange(height) + 0.5) / height * (top - bottom)
        self.y = 10.0**y if frame.view.log else y


def _reading(cells: Cells, column: int, row: int) -> Reading | None:
    if not (0 <= column < len(cells.amplitudes_V) and 0 <= row < len(cells.edges_ohm) - 1):
        return None
    low, high = (float(edge) for edge in cells.edges_ohm[row : row + 2])
    amplitude_V, trials = float(cells.amplitudes_V[column]), int(cells.hits[column].sum())
    share = number_text(100 * float(cells.share[column, row]), 3)
    return Reading(
        amplitude_V,
        (low + high) / 2,
        row,
        f"{share} %",
        f"of {counted(trials, 'reading')} at {AMPLITUDE.text(amplitude_V)}",
        f"{RESISTANCE.text(low, high - low)} to {RESISTANCE.text(high, high - low)}",
    )
