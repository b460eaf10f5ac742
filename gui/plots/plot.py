"""What all plots have in common: the run, axes, crosshair, and a sentence while empty."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import perf_counter

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .clipboard import Column
from .colours import LIGHT, PlotColours
from .crosshair import Reading, draw_crosshair
from .data.run_points import RunPoints
from .drawing.axes import Axis
from .drawing.scales import Margins, draw_scales, margins
from .drawing.view import Frame, View, followed
from .navigation import Navigable

REDRAW_S = 0.007  # of a frame, for pictures that a change of the view made stale
MOST_ROWS = 40_000  # of the run, read between two frames
NO_POINTS = "No points yet. They appear here as they are measured."
NEVER_POINTS = "This run has no points."
NO_PULSES = "No readings after pulses in this run yet. R(t) shows all of its readings."


@dataclass(frozen=True, slots=True)
class Overlay:
    """An earlier run drawn with the present one."""

    label: str
    points: RunPoints


class Plot(Navigable):
    """A plot of one run; a subclass says what it shows of it."""

    x_axis: Axis
    y_axis: Axis
    without_data = NO_POINTS  # the sentence for a run that has points, but none for this plot
    can_be_logarithmic = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours: PlotColours = LIGHT
        self.points = RunPoints()
        self._generation = 0  # of the points when they were read from the beginning
        self.overlays: list[Overlay] = []
        self.log = False
        self.running = True
        self.picture_ratio: float | None = None  # while a picture is painted
        self.scales_shown = (True, True)  # numbers and label of x and y
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What a subclass shows

    @abstractmethod
    def begin(self) -> None:
        """Forget what was shown and begin with `points`."""

    def begin_overlays(self) -> None:
        """Forget the runs that were overlaid and begin with `overlays`."""

    @abstractmethod
    def read(self, most: int) -> bool:
        """Take up to `most` new points of the run; return whether more are waiting."""

    @abstractmethod
    def extent(self) -> tuple[float, float, float, float] | None:
        """Return x and y of what is to be shown (low, high, low, high); None for nothing."""

    @abstractmethod
    def paint_data(self, painter: QPainter, frame: Frame, deadline_s: float) -> bool:
        """Draw the data; return whether all of it is drawn."""

    @abstractmethod
    def nearest(self, frame: Frame, at: QPointF) -> Reading | None:
        """Return the reading nearest to a place on the widget, in logical pixels."""

    @abstractmethod
    def table(self, view: View) -> list[Column]:
        """Return what is shown within a view, as columns."""

    # Showing

    def show_points(self, points: RunPoints) -> None:
        """Show a run from its beginning, the view following, without overlays."""
        self.points, self._generation = points, points.generation
        self.view = self.reading = None
        self.begin()
        self.show_overlays([])
        self.set_following(True)

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Show earlier runs with the present one; a view set by hand stays."""
        self.overlays = list(overlays)
        self.begin_overlays()
        if self.following:
            self.view = None
            self.follow_view()
        self.update()

    def refresh(self) -> bool:
        """Take new points and draw them soon; return whether more are waiting."""
        if self._generation != self.points.generation:
            self._generation = self.points.generation
            self.reading = None
            self.begin()
        waiting = self.read(MOST_ROWS)
        if self.following:
            self.follow_view()
        self.update()
        return waiting

    def set_colours(self, colours: PlotColours) -> None:
        self.colours = colours
        self.update()

    def set_log(self, log: bool) -> None:
        """Lay the resistance axis out in log10, or linearly."""
        if not self.can_be_logarithmic or log == self.log:
            return
        self.log = log
        self.view = None
        self.follow_view()
        self.set_following(True)
        self.update()

    def follow_view(self) -> None:
        extent = self.extent()
        if extent is None:
            self.view = None
            return
        x, y = self.ranges(extent)
        self.set_view(View(x, y, self.log), by_hand=False)

    def ranges(
        self, extent: tuple[float, float, float, float]
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ranges that follow data of an extent."""
        shown = self.view
        x = followed(shown.x if shown else None, *extent[:2])
        return x, followed(shown.y if shown else None, *extent[2:], log=self.log)

    def table_shown(self) -> list[Column]:
        """Return what is shown now, as columns; none while there is nothing."""
        return self.table(self.view) if self.view else []

    # Drawing

    def frame(self) -> Frame | None:
        if self.view is None:
            return None
        return Frame(self.view, self.data_rect(), self.ratio())

    def ratio(self) -> float:
        """Return the pixels of what is painted on, for each logical one."""
        return self.picture_ratio or self.devicePixelRatioF()

    def data_rect(self) -> QRectF:
        """Return the rectangle between the axes, on whole device pixels."""
        free, ratio = self.free(), self.ratio()
        right = max(free.left + 8, self.width() - free.right)
        bottom = max(free.top + 8, self.height() - free.bottom)
        edges = (free.left, free.top, right, bottom)
        left, top, right, bottom = (round(edge * ratio) / ratio for edge in edges)
        return QRectF(left, top, right - left, bottom - top)

    def free(self) -> Margins:
        """Return the room around the data."""
        return margins(self.font(), self.scales_shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        try:  # Qt aborts the process if a painter outlives its paint event
            painter.fillRect(self.rect(), QColor(self.colours.background))
            frame = self.frame()
            whole = self._draw(painter, frame) if frame else self._draw_sentence(painter)
            if self.shows_focus:
                painter.setPen(QPen(QColor(self.colours.accent), 2.0))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        finally:
            painter.end()
        if not whole:
            QTimer.singleShot(0, self, self.update)

    def _draw(self, painter: QPainter, frame: Frame) -> bool:
        draw_scales(painter, frame, self.x_axis, self.y_axis, self.colours, self.scales_shown)
        painter.save()
        painter.setClipRect(frame.rect)
        deadline_s = inf if self.picture_ratio else perf_counter() + REDRAW_S
        whole = self.paint_data(painter, frame, deadline_s)
        painter.restore()
        if self.pointer is not None:
            inside = frame.rect.contains(self.pointer)
            self.reading = self.nearest(frame, self.pointer) if inside else None
        if self.box is not None:
            painter.setPen(QPen(QColor(self.colours.accent), 1.0, Qt.PenStyle.DashLine))
            painter.drawRect(self.box)
        elif self.reading:
            draw_crosshair(painter, frame, self.reading, self.colours)
        return whole

    def _draw_sentence(self, painter: QPainter) -> bool:
        painter.setPen(QColor(self.colours.muted))
        inside = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(inside, flags, self.sentence)
        return True

    @property
    def sentence(self) -> str:
        """What stands in place of data where there are none."""
        if len(self.points):
            return self.without_data
        return NO_POINTS if self.running else NEVER_POINTS

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 90)
