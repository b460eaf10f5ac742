"""The parameters of one protocol as a form, grouped, in the order of their declarations."""

from collections.abc import Mapping
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ..look.widgets import label
from ..parameters import Values, declared
from .value_field import ValueField


class ParameterForm(QWidget):
    """The fields of a protocol; `values` is None while one of them is wrong."""

    changed = Signal()
    hinted = Signal(str)

    def __init__(self, protocol: str, limits: Mapping[str, float]) -> None:
        super().__init__()
        self.fields = {each.name: ValueField(each) for each in declared(protocol)}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        line = 0
        for group, fields in groupby(self.fields.values(), lambda each: each.declaration.group):
            heading = label(str(group).upper(), "group")
            grid.addWidget(heading, line, 0, 1, 3)
            line += 1
            for field in fields:
                field.place(grid, line)
                line += 2
                field.edit.textChanged.connect(self.changed)
                field.edit.entered.connect(lambda chosen=field: self.hinted.emit(chosen.hint))
        grid.setRowStretch(line, 1)
        self.set_limits(limits)

    def set_limits(self, limits: Mapping[str, float]) -> None:
        """Take over the limits of the bench, which fields are checked against."""
        for field in self.fields.values():
            field.set_limits(limits)

    def values(self) -> Values | None:
        """Return all values in SI units; None if a field is wrong, which then shows why."""
        found = {name: field.value() for name, field in self.fields.items()}
        right = {name: value for name, value in found.items() if value is not None}
        return right if len(right) == len(found) else None

    def wrong_fields(self) -> int:
        """Return how many fields were wrong when `values` was last called."""
        return sum(bool(field.error) for field in self.fields.values())

    def set_values(self, values: Values) -> None:
        """Show values, and the defaults of the parameters that have none."""
        for name, field in self.fields.items():
            field.set_value(values.get(name, field.declaration.default))

    def texts(self) -> dict[str, str]:
        """Return the texts of the fields as they stand, wrong ones included."""
        return {name: field.edit.text() for name, field in self.fields.items()}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Show texts, for the fields that there are."""
        for name, text in texts.items():
            if name in self.fields:
                self.fields[name].edit.setText(text)
