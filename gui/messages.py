"""The messages of the station and of the window, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..station.messages import StationMessage
from .durations import clock
from .look.rows import Index, RowsModel
from .look.symbols import colour_of, symbol
from .look.tables import Table
from .look.theme import LIGHT, Theme
from .look.widgets import button, copy_text, plain_tip, row

MOST = 2000
COLUMNS = ("Time", "Kind", "Message")


@dataclass(frozen=True, slots=True)
class Message:
    """One line; `details` is what *Copy details* copies besides."""

    time: datetime
    level: str
    text: str
    details: str = ""


class MessageModel(RowsModel):
    """The latest MOST messages, the newest on top."""

    columns = COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def add(self, message: Message) -> None:
        self.beginInsertRows(QModelIndex(), 0, 0)
        self.messages.insert(0, message)
        self.endInsertRows()
        if len(self.messages) > MOST:
            self.beginRemoveRows(QModelIndex(), MOST, len(self.messages) - 1)
            del self.messages[MOST:]
            self.endRemoveRows()

    def rows(self) -> Sequence[object]:
        return self.messages

    def data(self, index: Index, role: int = 0) -> object:
        message, column = self.messages[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (clock(message.time), message.level, message.text)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(message.text)
        if column == 1:
            colour = colour_of(message.level, self._theme)
            if role == Qt.ItemDataRole.DecorationRole:
                return symbol(message.level, colour, 2.0)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(colour)
        return None


class MessagesTab(QWidget):
    """The table of messages, and a button that copies them with their details."""

    counted = Signal(int)
    """How many errors and warnings came since the tab was last looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.model = MessageModel()
        self.table = Table(self.model, (130, 90, 60), "Nothing to tell so far.")
        self.copy = button(
            "Copy details", self.copy_details, "The selected messages, with what is behind them"
        )
        self.tools = QWidget()
        self.tools.setLayout(row(self.copy))
        self.table.keys[Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier] = self.copy_details
        self._unseen = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)
        self.table.viewport().update()

    def say(self, level: str, text: str, details: str = "") -> None:
        """Add a message of the window."""
        self._add(Message(datetime.now(UTC), level, text, details))

    def add_all(self, messages: tuple[StationMessage, ...]) -> None:
        """Add messages of the station."""
        for each in messages:
            self._add(Message(each.time, each.level, each.text, each.details))

    def copy_details(self) -> str:
        """Copy the selected messages, else the newest, with their details."""
        rows = self.table.selected_rows() or [0] * bool(self.model.messages)
        chosen = [self.model.messages[each] for each in rows]
        text = "\n\n".join(
            f"{each.time.astimezone():%Y-%m-%d %H:%M:%S} {each.level}: {each.text}\n{each.details}"
            for each in chosen
        ).strip()
        copy_text(text)
        return text

    def seen(self) -> None:
        """Count anew: the operator looks at the messages."""
        self._unseen = 0
        self.counted.emit(0)

    def _add(self, message: Message) -> None:
        self.model.add(message)
        if message.level != "info":
            self._unseen += 1
            self.counted.emit(self._unseen)
