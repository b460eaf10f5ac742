"""The place of the live plots: which run they show, and where its points come from."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ..storage import Store
from .link.archive import Archive
from .look.theme import Theme
from .look.widgets import Card, label
from .plots import DARK, LIGHT, PlotsPanel, RunPoints

PERIOD_MS = 100


class PlotPlace(Card):
    """The plots of one run of the store, which grow while it runs."""

    overlay_asked = Signal()
    failed = Signal(str)

    def __init__(self, archive: Archive) -> None:
        super().__init__(margin=2)
        self._archive = archive
        self.run_id: int | None = None
        self.running = False
        self._points = RunPoints()
        self._asked = self._again = False
        self.panel = PlotsPanel()
        self.panel.overlay_asked.connect(self.overlay_asked)
        self.pages = QStackedWidget()
        self.pages.addWidget(_nothing_chosen())
        self.pages.addWidget(self.panel)
        self.body.addWidget(self.pages)
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._ask)

    def set_theme(self, theme: Theme) -> None:
        self.panel.set_theme(DARK if theme.dark else LIGHT)

    def show_run(self, run_id: int, title: str, *, running: bool) -> None:
        """Show a run from its first point; the one shown already is only followed on."""
        if run_id == self.run_id:
            self._set_running(running)
            return
        self.run_id, self.running = run_id, running
        self._points = RunPoints()
        self._asked = self._again = False
        self.panel.show_run(title, self._points, running)
        self.pages.setCurrentWidget(self.panel)
        self._ask()
        if running:
            self._timer.start()
        else:
            self._timer.stop()

    def overlay(self, run_ids: list[int]) -> None:
        """Draw earlier runs with the one shown."""
        for run_id in run_ids:
            if run_id != self.run_id and self.run_id is not None:
                self._archive.ask(
                    partial(labelled_points, run_id=run_id),
                    lambda found: self.panel.add_overlay(*found),
                    owner=self,
                )

    def _set_running(self, running: bool) -> None:
        if running and not self.running:
            self._timer.start()
        elif self.running and not running:
            self._timer.stop()
            self._ask()  # the last points
        self.running = running

    def _ask(self) -> None:
        """Ask for the points that are new; once more if that is under way."""
        self._again = self._asked
        if self._asked or self.run_id is None:
            return
        self._asked = True
        run_id, points = self.run_id, self._points
        last = int(points.point[-1]) if len(points) else -1
        self._archive.ask(
            lambda store: store.points_after(run_id, last, RunPoints.store_columns),
            lambda columns: self._take(points, columns),
            lambda error: self._not_taken(points, error),
            owner=self,
        )

    def _take(self, points: RunPoints, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        if points is not self._points:
            return  # another run is shown by now
        self._asked = False
        before = len(points)
        points.append(columns)
        if len(points) > before:
            self.panel.points_changed()
        if not self.running and (self._again or len(points) > before):
            self._ask()  # the store gives a part at a time, and a run ends between two looks

    def _not_taken(self, points: RunPoints, error: Exception) -> None:
        if points is self._points:
            self._asked = False
            if not self.running:
                self.failed.emit(str(error))


def labelled_points(store: Store, run_id: int) -> tuple[str, RunPoints]:
    """Return the name of a run for the plots, and all its points."""
    points, last = RunPoints(), -1
    while len((columns := store.points_after(run_id, last, RunPoints.store_columns))["point"]):
        points.append(columns)
        last = int(columns["point"][-1])
    return f"Run {run_id}", points


def _nothing_chosen() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setAlignment(Qt.AlignmentFlag.AlignCenter)
    title = label("No run chosen", "page")
    title.setAlignment(Qt.AlignmentFlag.AlignCenter)
    text = label(
        "Set up a run on the left and add it to the queue (Ctrl+Return),\n"
        "or pick one below to look at it.",
        "empty",
    )
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column.addWidget(title)
    column.addWidget(text)
    return page
