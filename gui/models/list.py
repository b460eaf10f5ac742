"""The calibrations of the store as a table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from ...storage import CalibrationRecord
from ..durations import clock
from ..look.rows import Index, RowsModel
from ..look.widgets import plain_tip

COLUMNS = ("Model", "Version", "Device", "Levels", "Runs", "Made")


class ModelList(RowsModel):
    """All versions of all models, the latest made on top."""

    columns = COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self.records: list[CalibrationRecord] = []

    def show_records(self, records: Sequence[CalibrationRecord]) -> None:
        self.beginResetModel()
        self.records = sorted(records, key=lambda each: each.created, reverse=True)
        self.endResetModel()

    def row_of(self, model: tuple[str, int]) -> int | None:
        """Return the row of a name and version."""
        names = [(record.name, record.version) for record in self.records]
        return names.index(model) if model in names else None

    def rows(self) -> Sequence[object]:
        return self.records

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        record = self.records[index.row()]
        runs = ", ".join(map(str, record.source_runs))
        made = clock(record.created)
        text = (
            record.name,
            str(record.version),
            record.device,
            levels_text(record),
            runs,
            made,
        )[index.column()]
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


def levels_text(record: CalibrationRecord) -> str:
    """Return number and range of the levels: "4, from 99.9 to 67.2 Ω"."""
    means = [level["resistance_ohm"]["value"] for level in record.data.get("levels", [])]
    return f"{len(means)}, from {means[0]:.4g} to {means[-1]:.4g} Ω" if means else "—"
