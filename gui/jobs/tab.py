"""The tab of the queue: by drag, by buttons and by keys."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from ...station.messages import Job, NewJob, StationState
from ..link.client import StationClient
from ..link.station_link import StationLink
from ..look.tables import Table
from ..look.widgets import button, row
from .model import QueueModel

WIDTHS = (44, 142, 280, 72, 72, 120, 60, 60)
ALT = Qt.KeyboardModifier.AltModifier
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class QueueTab(QWidget):
    """The queue of the station; what is done here is asked of it."""

    edit_asked = Signal(object)

    def __init__(self, link: StationLink) -> None:
        super().__init__()
        self._link = link
        self.model = QueueModel()
        self.table = Table(
            self.model, WIDTHS, "The queue is empty: set up a run on the left and add it."
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.table.setDragDropOverwriteMode(False)
        self.table.doubleClicked.connect(lambda *_: self.edit())
        self.model.moved.connect(self.move_to)
        self.model.modelReset.connect(self._select_again)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self.hold = button(
            "Hold queue", self.toggle_hold, "No further run is started", checkable=True
        )
        self.hold_after = button(
            "Hold after",
            self.toggle_hold_after,
            "The queue waits when the selected run has ended (H)",
        )
        self.edit_button = button("Edit", self.edit, "Enter")
        self.copy = button("Duplicate", self.duplicate, "Ctrl+D")
        self.remove_button = button("Remove", self.remove, "Delete")
        self.tools = QWidget()
        self.tools.setLayout(
            row(self.hold, self.hold_after, self.edit_button, self.copy, self.remove_button)
        )
        self._chosen: int | None = None
        self._bind_keys()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self._allow()

    def show_state(self, state: StationState) -> None:
        self.model.show_state(state)
        self.hold.setChecked(state.held)
        self.hold.setText("Release queue" if state.held else "Hold queue")

    def selected(self) -> Job | None:
        """Return the selected job."""
        rows = self.table.selected_rows()
        return self.model.jobs[rows[0]] if rows and rows[0] < len(self.model.jobs) else None

    def move_selected(self, by: int) -> None:
        """Move the selected job up or down."""
        job = self.selected()
        place = None if job is None else self.model.row_of(job.number)
        if job is not None and place is not None and 0 <= place + by < len(self.model.jobs):
            self.move_to(job.number, place + by)

    def move_to(self, number: int, position: int) -> None:
        self._chosen = number
        self._link.do(lambda station: station.move(number, position))

    def edit(self) -> None:
        job = self.selected()
        if job is not None:
            self.edit_asked.emit(job)

    def duplicate(self) -> None:
        self._with_selected(lambda station, job: station.duplicate(job.number))

    def remove(self) -> None:
        self._with_selected(lambda station, job: station.remove(job.number))

    def toggle_hold(self) -> None:
        held = self.hold.isChecked()
        self._link.do(lambda station: station.hold(held))

    def toggle_hold_after(self) -> None:
        def change(station: StationClient, job: Job) -> None:
            new: NewJob = replace(job.new, hold_after=not job.new.hold_after)
            station.edit(job.number, new)

        self._with_selected(change)

    def _with_selected(self, act: Callable[[StationClient, Job], object]) -> None:
        job = self.selected()
        if job is not None:
            self._link.do(lambda station: act(station, job))

    def _bind_keys(self) -> None:
        self.table.keys |= {
            (Qt.Key.Key_Up, ALT): lambda: self.move_selected(-1),
            (Qt.Key.Key_Down, ALT): lambda: self.move_selected(1),
            (Qt.Key.Key_Return, PLAIN): self.edit,
            (Qt.Key.Key_Enter, PLAIN): self.edit,
            (Qt.Key.Key_D, CONTROL): self.duplicate,
            (Qt.Key.Key_Delete, PLAIN): self.remove,
            (Qt.Key.Key_H, PLAIN): self.toggle_hold_after,
        }

    def _allow(self) -> None:
        job = self.selected()
        if job is not None:
            self._chosen = job.number
        for each in (self.hold_after, self.edit_button, self.copy, self.remove_button):
            each.setEnabled(job is not None)

    def _select_again(self) -> None:
        row_now = None if self._chosen is None else self.model.row_of(self._chosen)
        if row_now is not None:
            self.table.selectRow(row_now)
        elif self.model.jobs:
            self.table.selectRow(0)
        self._allow()
