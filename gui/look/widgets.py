"""Small widgets that every panel is made of."""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


class Card(QFrame):
    """A panel on the window's ground, with its content from top to bottom in `body`."""

    def __init__(self, margin: int = 10, spacing: int = 6) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin - 2, margin, margin - 2)
        self.body.setSpacing(spacing)


class ElidedLabel(QLabel):
    """One line that ends in … where it is too long; the whole text is its tooltip then."""

    def __init__(self, text: str = "", look: str = "") -> None:
        super().__init__()
        self._full = ""
        if look:
            self.setProperty("look", look)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._full = text
        self._elide()

    def full_text(self) -> str:
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        right = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self._full, right, max(0, self.width()))
        super().setText(shown)
        self.setToolTip(plain_tip(self._full) if shown != self._full else "")
        self.setAccessibleName(self._full)


class WrappedLabel(QLabel):
    """A text in as many lines as it needs; never lower than that, also in a scroll area."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        needed = self.heightForWidth(self.width()) if self.text() else 0
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)


class QuietComboBox(QComboBox):
    """A combo box whose choice the wheel changes only where it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the panel scrolls instead


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label of plain text in one of the looks of the style sheet."""
    made = WrappedLabel(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("look", look)
    return made


def set_look(widget: QWidget, look: str) -> None:
    """Change the look of a widget, which the style sheet finds by its property."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        repolish(widget)


def repolish(widget: QWidget) -> None:
    """Apply the style sheet anew after a property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(
    text: str,
    action: Callable[[], object],
    tip: str = "",
    *,
    kind: str = "",
    checkable: bool = False,
) -> QPushButton:
    """Return a button; `kind` is "main", "small" or "link"."""
    made = QPushButton(text)
    made.setCheckable(checkable)
    made.setAutoDefault(False)
    if kind:
        made.setProperty(kind, True)
    if kind in ("small", "link"):
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if tip:
        made.setToolTip(tip)
    made.clicked.connect(lambda *_: action())
    return made


def row(*widgets: QWidget | int, spacing: int = 6) -> QHBoxLayout:
    """Return a row of widgets; a number is a stretch."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(0, 0, 0, 0)
    _fill(made, widgets)
    return made


def _fill(layout: QBoxLayout, widgets: tuple[QWidget | int, ...]) -> None:
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        else:
            layout.addWidget(widget)


def plain_tip(text: str) -> str:
    """Return a text as a tooltip that shows it as it stands, tags included."""
    if "<" not in text:  # which Qt takes for HTML
        return text
    return f'<span style="white-space:pre-wrap">{escape(text)}</span>'


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def hide_when_empty(line: QLabel, text: str) -> None:
    """Show a text, or no line at all."""
    line.setText(text)
    line.setVisible(bool(text))
