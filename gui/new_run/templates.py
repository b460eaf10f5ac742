"""Templates of runs: values under a name, kept with the state of the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ..look.dialogs import TextQuestion
from ..look.widgets import QuietComboBox
from ..parameters import Values
from ..window_state import RunTemplate, WindowState


class TemplateMenu(QuietComboBox):
    """The templates of a protocol; `chosen` when one is taken."""

    chosen = Signal(str)
    changed = Signal()
    """A template was saved or deleted."""

    def __init__(self, state: WindowState) -> None:
        super().__init__()
        self._state, self._protocol = state, ""
        self.setAccessibleName("Template")
        self.activated.connect(self._activated)
        self.more = QToolButton()
        self.more.setText("…")
        self.more.setAccessibleName("More about templates")
        self.more.setToolTip("Delete the template")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        self._delete = menu.addAction("Delete this template", self.delete)
        menu.aboutToShow.connect(lambda: self._delete.setEnabled(bool(self.current_name())))
        self.more.setMenu(menu)

    def show_for(self, protocol: str, name: str = "") -> None:
        """Show the templates of a protocol."""
        self._protocol = protocol
        names = [each.name for each in self._state.templates if each.protocol == protocol]
        self.clear()
        self.addItem("No template" if not names else "Template…")
        for each in names:
            self.addItem(f"Template: {each}", each)
        self.setCurrentIndex(max(0, self.findData(name)) if name else 0)
        self.setEnabled(bool(names))
        self.more.setEnabled(bool(names))

    def current_name(self) -> str:
        """Return the name of the template shown, "" if there is none."""
        return str(self.currentData() or "")

    def save(self, parent: QWidget, protocol: str, values: Values) -> None:
        """Ask for a name, and keep the values under it."""
        text = "A template of the same name is replaced."
        question = TextQuestion(parent, "Save template", text, self.current_name(), "Save")
        question.exec()
        name = question.text
        question.deleteLater()
        if name:
            self._state.keep_template(
                RunTemplate(name=name, protocol=protocol, values=dict(values))
            )
            self.show_for(protocol, name)
            self.changed.emit()

    def delete(self) -> None:
        """Delete the template shown."""
        self._state.drop_template(self.current_name())
        self.show_for(self._protocol)
        self.changed.emit()

    def _activated(self, _index: int) -> None:
        if self.current_name():
            self.chosen.emit(self.current_name())
