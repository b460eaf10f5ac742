"""The panel of live plots: tabs, the buttons above them, and the timer of their frames."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ..look.widgets import ElidedLabel
from .clipboard import copy_picture, copy_table
from .colours import LIGHT, PlotColours
from .data.run_points import RunPoints
from .pages import Page, pages
from .plot import Overlay, Plot
from .toolbar import Toolbar, style_sheet

FRAME_MS = 33


class PlotsPanel(QWidget):
    """The plots of one run, redrawn at most once in 33 ms while its points grow.

    Only the plots shown take new points; the others catch up in slices when their tab is opened.
    `overlay_asked` asks for an earlier run to be given to `add_overlay`.
    """

    overlay_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = RunPoints()
        self._overlays: list[Overlay] = []
        self._pages = pages()
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.title = ElidedLabel(look="muted")
        self.toolbar = Toolbar()
        self._stack = QStackedWidget()
        for name, page in self._pages.items():
            self.tabs.addTab(name)
            self._stack.addWidget(page)
            page.main.following_changed.connect(self._show_state)
        self._frames = QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self.draw_frame)
        self._lay_out()
        self._connect()
        self.set_theme(LIGHT)
        self._show_state()

    def show_run(self, title: str, points: RunPoints, running: bool) -> None:
        """Show a run from its beginning, without the overlays of the one before."""
        self.points = points
        self.title.setText(title)
        self._overlays = []
        for plot in self._plots():
            plot.running = running
            plot.setAccessibleName(
                f"{plot.y_axis.quantity} against {plot.x_axis.quantity}, {title}"
            )
            plot.show_points(points)
        self.toolbar.show_overlays([])
        self.draw_frame()
        self.points_changed()

    def points_changed(self) -> None:
        """Draw the points that were appended since, at the next frame."""
        if not self._frames.isActive():
            self._frames.start()

    def add_overlay(self, label: str, points: RunPoints) -> None:
        """Draw an earlier run with the present one, under a name as "Run 41"."""
        self._overlays.append(Overlay(label, points))
        self._show_overlays()

    def clear_overlays(self) -> None:
        self._overlays = []
        self._show_overlays()

    def set_theme(self, colours: PlotColours) -> None:
        """Take the colours of a light or dark window."""
        for page in self._pages.values():
            page.set_colours(colours)
        self.setStyleSheet(style_sheet(colours))

    @property
    def page(self) -> Page:
        """The page shown."""
        return list(self._pages.values())[self.tabs.currentIndex()]

    def _lay_out(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.toolbar)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 4, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.title)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._open_page)
        self.toolbar.follow_set.connect(lambda on: self.page.main.set_following(on))
        self.toolbar.log_set.connect(self._set_log)
        self.toolbar.overlay_asked.connect(self.overlay_asked)
        self.toolbar.overlays_cleared.connect(self.clear_overlays)
        self.addActions(self.toolbar.copy_menu.actions())  # so that their keys work everywhere here
        self.toolbar.picture_asked.connect(lambda: copy_picture(self.page.picture()))
        self.toolbar.data_asked.connect(lambda: copy_table(self.page.main.table_shown()))

    def _plots(self) -> list[Plot]:
        return [plot for page in self._pages.values() for plot in page.plots]

    def _show_overlays(self) -> None:
        for plot in self._plots():
            plot.show_overlays(self._overlays)
        self.toolbar.show_overlays([overlay.label for overlay in self._overlays])
        self.points_changed()

    def draw_frame(self) -> None:
        """Take new points for the plots shown and draw them soon."""
        if not self.page.refresh():
            self._frames.stop()
        self._show_state()

    def _open_page(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self.draw_frame()
        self.points_changed()

    def _set_log(self, log: bool) -> None:
        for plot in self._plots():
            plot.set_log(log)
        self._show_state()

    def _show_state(self) -> None:
        main = self.page.main
        self.toolbar.follow.setChecked(main.following)
        self.toolbar.log.setChecked(main.log)
        self.toolbar.log.setEnabled(main.can_be_logarithmic)
