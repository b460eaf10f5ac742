"""What an operator does by hand: one pulse, a reading, a field; refused during a run, with why."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ...station.messages import Activity, StationState
from ..look.widgets import button, hide_when_empty, label, row
from ..new_run.value_field import ValueField
from ..parameters import Declaration, declared

PULSE = ("amplitude_stop_V", "pulse_width_s", "rise_s", "fall_s")
LABELS = {
    "amplitude_stop_V": "Amplitude",
    "pulse_width_s": "Width",
    "rise_s": "Rise",
    "fall_s": "Fall",
    "read_current_A": "Current",
    "bias_field_T": "Field",
}


class InlineForm(QWidget):
    """A few values and a button; Return does it, Escape closes it."""

    closed = Signal()
    opened = Signal()

    def __init__(
        self, names: tuple[str, ...], verb: str, act: Callable[[dict[str, float]], None]
    ) -> None:
        super().__init__()
        self._act = act
        self.fields = [ValueField(each) for each in _declarations(names)]
        self.hint = label("", "muted", wrap=True)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for index, field in enumerate(self.fields):
            field.place(grid, 2 * index)
            field.edit.textChanged.connect(self._check)
            field.edit.returnPressed.connect(self.act)
            field.edit.entered.connect(lambda chosen=field: self.hint.setText(chosen.hint))
        self.button = button(verb, self.act, "Return", kind="main")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(4)
        layout.addLayout(grid)
        layout.addWidget(self.hint)
        layout.addLayout(row(button("Close", self.closed.emit, "Esc"), self.button))

    def set_limits(self, limits: Mapping[str, float]) -> None:
        for field in self.fields:
            field.set_limits(limits)
        self._check()

    def open(self) -> None:
        """Show the form, with the focus in its first field."""
        self.show()
        self.opened.emit()
        self.fields[0].edit.setFocus(Qt.FocusReason.TabFocusReason)

    def act(self) -> None:
        """Do it, if every value is right."""
        values = self._values()
        if values is not None and self.button.isEnabled():
            self._act(values)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _check(self) -> None:
        self.button.setEnabled(self._values() is not None)

    def _values(self) -> dict[str, float] | None:
        found = {field.declaration.name: field.value() for field in self.fields}
        right = {name: value for name, value in found.items() if value is not None}
        return right if len(right) == len(found) else None


class ByHand(QWidget):
    """Three buttons, each with its form; nothing of it works while a run is on."""

    pulse = Signal(object)
    read = Signal(object)
    field = Signal(object)
    safe = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.forms = {
            "pulse": InlineForm(PULSE, "Fire", self.pulse.emit),
            "read": InlineForm(("read_current_A",), "Read", self.read.emit),
            "field": InlineForm(("bias_field_T",), "Set field", self.field.emit),
        }
        self.buttons = {
            "pulse": button("One pulse…", lambda: self.toggle("pulse"), "Ctrl+P"),
            "read": button("Read…", lambda: self.toggle("read"), "Ctrl+R"),
            "field": button("Go to field…", lambda: self.toggle("field"), "Ctrl+G"),
        }
        self.make_safe = button("Make safe", self.safe.emit, "All outputs off, the field to zero")
        self.reason = label("", "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(self.buttons["pulse"], self.buttons["read"]))
        layout.addLayout(row(self.buttons["field"], self.make_safe))
        for form in self.forms.values():
            layout.addWidget(form)
            form.hide()
            form.closed.connect(self.close_forms)
        layout.addWidget(self.reason)

    def toggle(self, which: str) -> None:
        """Open one form and close the others; a second time closes it."""
        opened = self.forms[which].isVisible()
        self.close_forms()
        if not opened and self.buttons[which].isEnabled():
            self.forms[which].open()

    def close_forms(self) -> None:
        for form in self.forms.values():
            form.hide()

    def show_state(self, state: StationState) -> None:
        """Allow what the station allows, and say why not."""
        reason = refusal(state)
        for made in self.buttons.values():
            made.setEnabled(not reason)
        self.make_safe.setEnabled(state.activity in (Activity.IDLE, Activity.BY_HAND))
        if reason:
            self.close_forms()
        hide_when_empty(self.reason, reason)

    def show_lost(self) -> None:
        """Allow nothing, as nobody would do it."""
        for made in (*self.buttons.values(), self.make_safe):
            made.setEnabled(False)
        self.close_forms()
        hide_when_empty(self.reason, "Free when the station answers.")

    def set_limits(self, limits: Mapping[str, float], read_current_A: float | None) -> None:
        for form in self.forms.values():
            form.set_limits(limits)
        if read_current_A is not None:
            self.forms["read"].fields[0].set_value(read_current_A)


def refusal(state: StationState) -> str:
    """Return why nothing can be done by hand; empty if it can."""
    match state.activity:
        case Activity.RUNNING:
            return "Free when no run is on."
        case Activity.STOPPING:
            return "Free when the bench is safe."
        case Activity.OPENING:
            return "Free when the bench is open."
        case Activity.NOT_OPEN:
            return "The bench is not open: Check tries again."
    return ""


def _declarations(names: tuple[str, ...]) -> list[Declaration]:
    from dataclasses import replace

    known = {each.name: each for each in declared("staircase-write")}
    return [
        replace(
            known[name],
            label=LABELS[name],
            minimum=-known[name].maximum if name == "amplitude_stop_V" else known[name].minimum,
        )
        for name in names
    ]
