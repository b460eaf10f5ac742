"""A drawing of the pulse train and the field that a run will set."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...arrays import Floats
from ..look.theme import LIGHT, Theme
from ..parameters import DryRun, quantity

MOST_PULSES = 15
MOST_CORNERS = 400


class PreviewDrawing(QWidget):
    """The pulses of one cycle above, the field below; each with its text."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._amplitudes_V: Sequence[float] = []
        self._corners: Sequence[tuple[float, float]] = []
        self._texts = ("", "")
        self.setFixedHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Drawing of the pulses and the field")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_run(self, run: DryRun | None) -> None:
        """Draw a run; None draws nothing."""
        if run is None:
            self._amplitudes_V, self._corners, self._texts = [], [], ("", "")
        else:
            self._amplitudes_V = _thinned(first_cycle(run), MOST_PULSES)
            self._corners = field_corners(run)
            self._texts = (pulse_text(run), field_text(run))
        self.setToolTip("\n".join(filter(None, self._texts)))
        self.update()

    def texts(self) -> tuple[str, str]:
        """Return the texts of pulses and field."""
        return self._texts

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        width = self.width() - 6.0
        if not self._corners:
            return
        if self._amplitudes_V:
            self._paint_pulses(painter, QRectF(3, 3, width, 54))
        self._paint_field(painter, QRectF(3, 73, width, 20))

    def _paint_pulses(self, painter: QPainter, area: QRectF) -> None:
        largest = max(abs(amplitude) for amplitude in self._amplitudes_V) or 1.0
        up, down = max(self._amplitudes_V) > 0, min(self._amplitudes_V) < 0
        zero = area.center().y() + 6 if up and down else area.top() + 12 if down else area.bottom()
        room = (area.height() - 12) / 2 - 2 if up and down else area.height() - 14
        pitch = area.width() / len(self._amplitudes_V)
        line = [QPointF(area.left(), zero)]
        for index, amplitude in enumerate(self._amplitudes_V):
            left = area.left() + (index + 0.25) * pitch
            top = zero - amplitude / largest * room
            right = left + pitch * 0.5
            edge = pitch * 0.1
            line += [
                QPointF(left, zero),
                QPointF(left + edge, top),
                QPointF(right - edge, top),
                QPointF(right, zero),
            ]
        line.append(QPointF(area.right(), zero))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.pulse_fill))
        painter.drawPolygon(QPolygonF(line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.pulse_line), 1.0))
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(QColor(self._theme.text))
        place = Qt.AlignmentFlag.AlignLeft | (
            Qt.AlignmentFlag.AlignBottom if down and not up else Qt.AlignmentFlag.AlignTop
        )
        painter.drawText(area.adjusted(5, -4, 0, 4), place, self._texts[0])

    def _paint_field(self, painter: QPainter, area: QRectF) -> None:
        colour = QColor(self._theme.field_line)
        painter.setPen(colour)
        text = QRectF(area.left() + 5, area.top() - 12, area.width() - 10, 14)
        largest = max(abs(field) for _, field in self._corners) or 1.0
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(self._texts[1], Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft, shown)
        middle, room = area.center().y() + 3, area.height() / 2 - 3
        line = [
            QPointF(area.left() + share * area.width(), middle - field / largest * room)
            for share, field in self._corners
        ]
        painter.setPen(QPen(colour, 1.6))
        painter.drawPolyline(QPolygonF(line))


def first_cycle(run: DryRun) -> Floats:
    """Return the amplitudes of the pulses of the first cycle."""
    count = run.pulses // run.cycles if run.pulses % run.cycles == 0 else run.pulses
    return run.train.amplitudes_V[:count]


def _thinned(values: Floats, most: int) -> list[float]:
    if len(values) > most:
        values = values[np.linspace(0, len(values) - 1, most).round().astype(int)]
    return [float(value) for value in values]


def field_corners(run: DryRun) -> Sequence[tuple[float, float]]:
    """Return the field of the first cycle: (share of the width, field in T), ramps and plateaus."""
    times_s, fields_T = run.field.times_s, run.field.fields_T
    later = run.times_s[run.point_cycles > run.point_cycles[0]] if len(run.times_s) else []
    end_s = float(later[0]) if len(later) else float(times_s[-1])
    within = times_s <= end_s
    times_s, fields_T = times_s[within], fields_T[within]
    span_s = max(float(end_s), 1e-12)
    thin = np.linspace(0, len(times_s) - 1, min(len(times_s), MOST_CORNERS)).round().astype(int)
    corners = [(float(times_s[i]) / span_s, float(fields_T[i])) for i in thin]
    return [*corners, (1.0, corners[-1][1])] if corners else []


def pulse_text(run: DryRun) -> str:
    """Return the pulses in words: "pulses 0.1 … 4 V, 50 ns"."""
    amplitudes = first_cycle(run)
    if not len(amplitudes):
        return "no pulses"
    first, far = float(amplitudes[0]), float(amplitudes[np.abs(amplitudes).argmax()])
    span = f"{first:g} … {far:g} V" if first != far else f"{first:g} V"
    return f"pulses {span}, {quantity(float(run.train.widths_s[0]), 's')}".replace("-", "−")


def field_text(run: DryRun) -> str:
    """Return the fields that are held, in order: "field +50, then −4 mT"."""
    held = [float(field) for field in _held(run)]
    steps = list(dict.fromkeys(held))
    if not steps:
        return "no field"
    if len(steps) > 3:
        low, high = min(steps) * 1e3, max(steps) * 1e3
        return f"field {low:+g} … {high:+g} mT".replace("-", "−")
    texts = [f"{field * 1e3:+g}".replace("-", "−") if field else "0" for field in steps]
    return f"field {', then '.join(texts)} mT"


def _held(run: DryRun) -> Floats:
    """Return the field at each point of the first cycle."""
    first = run.times_s[run.point_cycles == run.point_cycles[0]]
    held: Floats = np.interp(first, run.field.times_s, run.field.fields_T).round(12)
    return held
