"""The panels of the window and their places."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import (
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..instruments import BenchFile
from ..storage import Place
from .banner import Banner
from .bench.panel import BenchPanel
from .jobs.tab import QueueTab
from .link.archive import Archive
from .link.station_link import StationLink
from .link.worker import Worker
from .look.html import PICTURE, PICTURE_TAG
from .look.tabs import Tabs
from .look.theme import LIGHT, Theme
from .look.widgets import Card, button, row
from .messages import MessagesTab
from .models.studies import Studies
from .models.tab import ModelsTab
from .new_run.panel import NewRunPanel
from .plot_place import PlotPlace
from .runs.page import RunPage
from .runs.tab import RunsTab
from .status_line import StatusLine
from .window_state import WindowState

BESIDE_PICTURE = 40  # logical pixels, of margins and the scroll bar
STRETCH = {"body": (0, 1), "top": (1, 0), "right": (2, 1)}


class TextPage(Card):
    """A page of text in the place of the plots."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QTextBrowser()
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page, self._picture = "", QImage()
        self.back = button("← Plots", self.closed.emit, "Esc")
        self.body.addLayout(row(1, self.back))
        self.body.addWidget(self.text, 1)

    def show_page(self, page: str, png: bytes) -> None:
        """Show HTML; its PICTURE is half as wide as it has pixels, or as there is room."""
        self._page, self._picture = page, QImage.fromData(png) if png else QImage()
        self.text.clear()
        kind = QTextDocument.ResourceType.ImageResource.value
        self.text.document().addResource(kind, QUrl(PICTURE), self._picture)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._picture.isNull():
            self._lay_out()

    def _lay_out(self) -> None:
        width = min(self._picture.width() // 2, self.text.width() - BESIDE_PICTURE)
        sized = f'<img src="{PICTURE}" width="{width}">'
        self.text.setHtml(self._page.replace(PICTURE_TAG, sized))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Panels:
    """Every panel once; the workers and stores they share are closed with them."""

    def __init__(self, bench: BenchFile, link: StationLink, state: WindowState) -> None:
        self.workers = {name: Worker(name) for name in ("form", "runs", "points", "figures")}
        self.archives = {
            name: Archive(self.workers[name]) for name in ("runs", "points", "figures")
        }
        self.banner = Banner()
        self.new_run = NewRunPanel(state, self.workers["form"], bench)
        self.plots = PlotPlace(self.archives["points"])
        self.run_page = RunPage(self.archives["figures"])
        self.text_page = TextPage()
        self.centre = QStackedWidget()
        for page in (self.plots, self.run_page, self.text_page):
            self.centre.addWidget(page)
        self.studies = Studies(self.centre, self.archives["figures"])
        self.bench = BenchPanel()
        self.runs = RunsTab(self.archives["runs"])
        self.queue = QueueTab(link)
        self.models = ModelsTab(self.archives["figures"])
        self.messages = MessagesTab()
        self.tabs = Tabs()
        for name, tab in self.named_tabs().items():
            self.tabs.add(name, tab, tab.tools)
        self.status = StatusLine()
        self.splitters: dict[str, QSplitter] = {}
        self.theme: Theme = LIGHT
        self._count()

    def named_tabs(self) -> dict[str, RunsTab | QueueTab | ModelsTab | MessagesTab]:
        """Return the tabs by name, from left to right."""
        return {
            "Runs": self.runs,
            "Queue": self.queue,
            "Models": self.models,
            "Messages": self.messages,
        }

    def arrange(self, window: QWidget) -> None:
        """Put the panels into the window."""
        top = self._splitter(
            "top", Qt.Orientation.Horizontal, (self.centre, self.bench), (816, 246)
        )
        right = self._splitter("right", Qt.Orientation.Vertical, (top, self.tabs), (470, 210))
        body = self._splitter("body", Qt.Orientation.Horizontal, (self.new_run, right), (296, 1060))
        self.new_run.setMinimumWidth(270)
        self.new_run.setMaximumWidth(420)
        self.bench.setMinimumWidth(230)
        self.bench.setMaximumWidth(360)
        for panel, height in ((self.centre, 220), (self.bench, 220), (self.tabs, 150)):
            panel.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
            panel.setMinimumHeight(height)
        self.centre.setMinimumWidth(420)
        self.tabs.setMinimumWidth(640)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(8, 8, 8, 4)
        inner.addWidget(body)
        layout = QVBoxLayout(window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(holder, 1)
        layout.addWidget(self.status)

    def divide(self, height: int) -> None:
        """Give the tabs three tenths of the height."""
        tabs = max(210, round(0.3 * height))
        self.splitters["right"].setSizes([height - tabs, tabs])

    def use(self, database: Place) -> None:
        """Show the runs and models of a database."""
        for name in ("points", "figures"):
            self.archives[name].use(database)
        self.models.use(database)
        self.runs.use(database)

    def set_theme(self, theme: Theme) -> None:
        """Give the theme to what paints itself."""
        self.theme = theme
        for panel in (
            self.new_run,
            self.plots,
            self.run_page,
            self.studies,
            self.bench,
            self.runs,
            self.models,
            self.messages,
        ):
            panel.set_theme(theme)

    def close(self) -> None:
        """Close stores and workers; what hangs in one of them keeps nothing open."""
        self.studies.end()
        for archive in self.archives.values():
            archive.close()
        for worker in self.workers.values():
            worker.close()

    def _count(self) -> None:
        """Keep the numbers beside the tabs and in the status line."""
        self.runs.counted.connect(self._show_runs)
        self.models.counted.connect(lambda count: self.tabs.show_count(self.models, count))
        self.messages.counted.connect(lambda count: self.tabs.show_count(self.messages, count))
        self.tabs.opened.connect(self._tab_opened)

    def _show_runs(self) -> None:
        model = self.runs.model
        self.tabs.show_count(self.runs, model.total)
        self.status.show_stored(self.archives["runs"].place, model.total, model.total_points)

    def _tab_opened(self, index: int) -> None:
        if self.tabs.pages.widget(index) is self.messages:
            self.messages.seen()

    def _splitter(
        self,
        name: str,
        direction: Qt.Orientation,
        widgets: tuple[QWidget, QWidget],
        sizes: tuple[int, int],
    ) -> QSplitter:
        made = QSplitter(direction)
        made.setHandleWidth(8)
        made.setChildrenCollapsible(False)
        for widget in widgets:
            made.addWidget(widget)
        made.setSizes(list(sizes))
        for index, factor in enumerate(STRETCH[name]):
            made.setStretchFactor(index, factor)
        self.splitters[name] = made
        return made
