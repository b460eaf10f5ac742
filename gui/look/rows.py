"""The model behind a table of a tab: named columns, some of them aligned to the right."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()  # the parent of all rows
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowsModel(QAbstractTableModel):
    """Rows under `columns`; `right` are the columns of numbers."""

    columns: ClassVar[Sequence[str]]
    right: ClassVar[Sequence[int]] = ()

    @abstractmethod
    def rows(self) -> Sequence[object]:
        """Return what the rows show."""

    def rowCount(self, parent: Index = TOP) -> int:
        return 0 if parent.isValid() else len(self.rows())

    def columnCount(self, _parent: Index = TOP) -> int:
        return len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self.right:
            return RIGHT
        return None
