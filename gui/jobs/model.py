"""The jobs of the queue as a table; rows are dragged to another place."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QByteArray,
    QMimeData,
    QModelIndex,
    Qt,
    Signal,
)

from ...station.messages import Job, StationState
from ..durations import after, clock, duration
from ..look.rows import RIGHT, Index, RowsModel
from ..look.widgets import plain_tip
from ..parameters import protocol_names, summary

COLUMNS = ("Job", "Protocol", "Parameters", "Points", "Takes", "Done by", "Then", "Notes")
NUMBERS = (0, 3, 4)
MIME = "application/x-dwmtj-job"


class QueueModel(RowsModel):
    """The queue as the station has it; `moved` asks for a job at another position."""

    columns = COLUMNS
    right = NUMBERS

    moved = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: tuple[Job, ...] = ()
        self._texts: list[tuple[str, ...]] = []

    def show_state(self, state: StationState) -> None:
        """Show the queue; rows stay the same objects unless the queue changed."""
        texts = [_row(*pair) for pair in zip(state.queue, done_by(state), strict=True)]
        if [job.number for job in state.queue] != [job.number for job in self.jobs]:
            self.beginResetModel()
            self.jobs, self._texts = state.queue, texts
            self.endResetModel()
        elif texts != self._texts or state.queue != self.jobs:
            self.jobs, self._texts = state.queue, texts
            last = self.index(len(texts) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, number: int) -> int | None:
        """Return the row of a job."""
        numbers = [job.number for job in self.jobs]
        return numbers.index(number) if number in numbers else None

    def rows(self) -> Sequence[object]:
        return self.jobs

    def data(self, index: Index, role: int = 0) -> object:
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.jobs[index.row()].problem or self._texts[index.row()][column])
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return RIGHT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = super().flags(index)
        dragged = (
            Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled
        )
        return plain | dragged

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = sorted({index.row() for index in indexes})
        data = QMimeData()
        data.setData(MIME, QByteArray(str(self.jobs[rows[0]].number).encode()))
        return data

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        position = row if row >= 0 else parent.row() if parent.isValid() else len(self.jobs)
        number = int(bytes(data.data(MIME).data()))
        old = self.row_of(number)
        if old is not None:
            target = position - 1 if position > old else position
            if target != old:
                self.moved.emit(number, target)
        return False  # the station moves it; the view must not remove the row itself


def done_by(state: StationState) -> list[str]:
    """Return when each job will be done, as far as it can be known."""
    if state.run is not None and state.run.remaining_s is None:
        return ["not known yet"] * len(state.queue)
    seconds = state.run.remaining_s or 0.0 if state.run is not None else 0.0
    texts, held = [], state.held
    for job in state.queue:
        seconds += job.duration_s
        texts.append("held" if held else clock(after(seconds)))
        held = held or job.new.hold_after
    return texts


def _row(job: Job, done: str) -> tuple[str, ...]:
    new = job.new
    numbers = {key: value for key, value in new.parameters.items() if not isinstance(value, str)}
    known = new.protocol in protocol_names()
    text = f"resumes run {new.resume}" if new.resume else summary(new.protocol, numbers) * known
    return (
        str(job.number),
        new.protocol,
        text,
        f"{job.points:,}",
        duration(job.duration_s),
        "cannot run" if job.problem else done,
        "hold" if new.hold_after else "next",
        job.problem or new.notes,
    )
