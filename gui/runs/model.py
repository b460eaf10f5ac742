"""The runs as a table: light rows, found by a search, notes and tags edited in place."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from ...station.messages import RunProgress
from ...storage import RunSummary, Status
from ..durations import clock, duration
from ..look.rows import RIGHT, Index, RowsModel
from ..look.symbols import colour_of, symbol
from ..look.theme import LIGHT, Theme
from ..look.widgets import plain_tip
from .search import Search, all_text, search_for

COLUMNS = ("★", "Run", "Started", "Protocol", "Device", "Status", "Points", "Took", "Tags", "Notes")
STAR, RUN, STARTED, PROTOCOL, DEVICE, STATUS, POINTS, TOOK, TAGS, NOTES = range(len(COLUMNS))
NUMBERS = (RUN, POINTS, TOOK)
FEW = 20  # runs that are inserted one by one


class RunModel(RowsModel):
    """Runs, the newest first; `annotated` asks for notes, tags or a star to be stored."""

    columns = COLUMNS
    right = NUMBERS

    annotated = Signal(int, object)
    counted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._all: dict[int, RunSummary] = {}
        self.runs: list[RunSummary] = []
        self._texts: dict[int, str] = {}
        self.search = Search()
        self._sorted_by, self._descending = RUN, True
        self._live: RunProgress | None = None
        self._stopping = False
        self._theme = LIGHT

    @property
    def total(self) -> int:
        """The number of runs, found or not."""
        return len(self._all)

    @property
    def total_points(self) -> int:
        return sum(run.points for run in self._all.values())

    @property
    def last_id(self) -> int:
        return max(self._all, default=0)

    def unfinished(self) -> int | None:
        """Return the lowest number of a run that is under way, which may change."""
        under_way = [run.id for run in self._all.values() if run.status is Status.RUNNING]
        return min(under_way, default=None)

    def run(self, run_id: int) -> RunSummary | None:
        return self._all.get(run_id)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def replace_all(
        self, runs: Sequence[RunSummary], texts: Mapping[int, str] | None = None
    ) -> None:
        """Show these runs alone; `texts` by number for the search, as `all_text` returns them."""
        self._all = {run.id: run for run in runs}
        self._texts = dict(texts or {})
        self._find()

    def update_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take over runs that are new or have changed."""
        changed = [run for run in runs if self._all.get(run.id) != run]
        fresh = any(run.id not in self._all for run in changed)
        for run in changed:
            self._all[run.id] = run
            self._texts.pop(run.id, None)
        if fresh:
            self._find()
        elif changed:
            self._refresh({run.id for run in changed})
            self.counted.emit()

    def drop(self, run_ids: Sequence[int]) -> None:
        """Take deleted runs out of the table."""
        for run_id in run_ids:
            self._all.pop(run_id, None)
        self._find()

    def show_live(self, run: RunProgress | None, *, stopping: bool) -> None:
        """Show the progress of the run under way in its row."""
        if (run, stopping) != (self._live, self._stopping):
            rows = {each.run_id for each in (run, self._live) if each is not None}
            self._live, self._stopping = run, stopping
            self._refresh(rows)

    def set_search(self, text: str) -> str:
        """Show what a search finds; return what is wrong with it in one sentence."""
        self.search = search_for(text)
        self._find()
        return self.search.problem

    def row_of(self, run_id: int) -> int | None:
        return next((row for row, run in enumerate(self.runs) if run.id == run_id), None)

    def annotate(self, run_id: int, **changes: Any) -> None:
        """Change notes, tags or the star of a run, and ask for that to be stored."""
        if run_id in self._all:
            self._annotate(self._all[run_id], **changes)

    def toggle_star(self, row: int) -> None:
        """Add a star to a run, or take it away."""
        self._annotate(self.runs[row], starred=not self.runs[row].starred)

    def rows(self) -> Sequence[object]:
        return self.runs

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = index.isValid() and index.column() in (TAGS, NOTES)
        return super().flags(index) | (
            Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags
        )

    def data(self, index: Index, role: int = 0) -> object:
        run, column = self.runs[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run, column))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return RIGHT
        if column == STATUS:
            colour = colour_of(self._status(run), self._theme)
            if role == Qt.ItemDataRole.DecorationRole:
                return symbol(self._status(run), colour, 2.0)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(colour)
        if column == STAR and role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self._theme.attention if run.starred else self._theme.muted)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        run, text = self.runs[index.row()], str(value).strip()
        if text == self._text(run, index.column()):
            return False
        if index.column() == NOTES:
            self._annotate(run, notes=text)
        else:
            tags = dict.fromkeys(filter(None, (tag.strip() for tag in text.split(","))))
            self._annotate(run, tags=tuple(tags))
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self._find()

    def _annotate(self, run: RunSummary, **changes: Any) -> None:
        changed = run._replace(**changes)
        self.update_runs([changed])
        self.annotated.emit(run.id, changes)

    def _find(self) -> None:
        found = self.search.find(self._all.values(), self._searched_text)
        found.sort(key=attrgetter("id"), reverse=True)
        if self._sorted_by != RUN or not self._descending:
            found.sort(key=self._key, reverse=self._descending)
        if _same_runs(found, self.runs):
            self.runs = found
            if found:
                self.dataChanged.emit(self.index(0, 0), self.index(len(found) - 1, NOTES))
        elif _has_few_more(found, self.runs):
            self._insert(found)
        else:
            self.beginResetModel()
            self.runs = found
            self.endResetModel()
        self.counted.emit()

    def _insert(self, found: list[RunSummary]) -> None:
        """Insert the runs that are new: what is selected, or being typed, stays."""
        for row, run in enumerate(found):
            if row == len(self.runs) or self.runs[row].id != run.id:
                self.beginInsertRows(QModelIndex(), row, row)
                self.runs.insert(row, run)
                self.endInsertRows()
            elif self.runs[row] != run:
                self.runs[row] = run
                self.dataChanged.emit(self.index(row, 0), self.index(row, NOTES))

    def _searched_text(self, run: RunSummary) -> str:
        text = self._texts.get(run.id)
        if text is None:
            text = self._texts[run.id] = all_text(run)
        return text

    def _key(self, run: RunSummary) -> Any:
        if self._sorted_by == STAR:
            return run.starred
        if self._sorted_by == STARTED:
            return run.started
        if self._sorted_by in (RUN, POINTS):
            return run.id if self._sorted_by == RUN else run.points
        if self._sorted_by == TOOK:
            return _took_s(run) or 0.0
        return self._text(run, self._sorted_by).casefold()

    def _refresh(self, run_ids: set[int]) -> None:
        for row, run in enumerate(self.runs):
            if run.id in run_ids:
                self.runs[row] = self._all.get(run.id, run)
                self.dataChanged.emit(self.index(row, 0), self.index(row, NOTES))

    def _status(self, run: RunSummary) -> str:
        if self._live is None or run.id != self._live.run_id:
            return str(run.status)
        return "stopping" if self._stopping else "paused" if self._live.paused else "running"

    def _text(self, run: RunSummary, column: int) -> str:
        live = self._live if self._live is not None and self._live.run_id == run.id else None
        match column:
            case 0:
                return "★" if run.starred else "☆"
            case 1:
                return str(run.id)
            case 2:
                return clock(run.started)
            case 5:
                return self._status(run)
            case 6:
                return f"{live.done if live else run.points:,}"
            case 7:
                if live and not self._stopping:
                    known = live.remaining_s is not None
                    return f"{duration(live.remaining_s)} left" if known else "—"
                return duration(_took_s(run))
            case 8:
                return ", ".join(run.tags)
            case 9:
                return run.notes
            case _:
                return (run.protocol, run.device)[column - PROTOCOL]

    def _tip(self, run: RunSummary, column: int) -> str:
        if column == STATUS and run.message:
            return f"{self._status(run)}: {run.message}"
        if column == STAR:
            return "Starred" if run.starred else "No star"
        if column in (TAGS, NOTES):
            return self._text(run, column) or "F2 edits"
        if column == STARTED:
            return f"{run.started.astimezone():%Y-%m-%d %H:%M:%S}"
        return self._text(run, column)


def _same_runs(first: list[RunSummary], second: list[RunSummary]) -> bool:
    same_length = len(first) == len(second)
    return same_length and all(a.id == b.id for a, b in zip(first, second, strict=True))


def _has_few_more(found: list[RunSummary], shown: list[RunSummary]) -> bool:
    """Return True if what is found is what is shown, in its order, and a few runs more."""
    if not 0 < len(found) - len(shown) <= FEW:
        return False
    known = {run.id for run in shown}
    return _same_runs([run for run in found if run.id in known], shown)


def _took_s(run: RunSummary) -> float | None:
    return None if run.finished is None else (run.finished - run.started).total_seconds()
