"""What a user could not read in a window: clipped texts, and characters that the font lacks."""

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRawFont
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTabBar, QWidget

from dwmtj.gui.look.fonts import window_font
from dwmtj.gui.look.widgets import ElidedLabel

SLACK = 1  # logical pixels, of rounding


def clipped(window: QWidget) -> list[str]:
    """Return the texts that do not fit into their widgets."""
    return [text for widget in visible(window) for text in _clipped(widget)]


def missing_glyphs(window: QWidget) -> set[str]:
    """Return the characters shown that the window's font lacks."""
    font = QRawFont.fromFont(window_font())
    shown = {character for text in texts(window) for character in text if character.isprintable()}
    return {each for each in shown if not font.supportsCharacter(ord(each))}


def texts(window: QWidget) -> Iterator[str]:
    """Yield every text of a label, button, field, list or tab that is visible."""
    for widget in visible(window):
        if isinstance(widget, QLabel | QPushButton | QLineEdit):
            yield widget.text()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(index) for index in range(widget.count()))
        elif isinstance(widget, QTabBar):
            yield from (widget.tabText(index) for index in range(widget.count()))


def visible(window: QWidget) -> list[QWidget]:
    return [each for each in window.findChildren(QWidget) if each.isVisible()]


def _clipped(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, ElidedLabel):
        if widget.full_text() and widget.width() < 30:
            yield widget.full_text()
    elif isinstance(widget, QLabel) and widget.text():
        yield from _clipped_label(widget)
    elif isinstance(widget, QPushButton) and widget.width() < widget.sizeHint().width() - SLACK:
        yield widget.text()
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            needed = widget.fontMetrics().horizontalAdvance(widget.tabText(index))
            if widget.tabRect(index).width() < needed + 8:
                yield widget.tabText(index)


def _clipped_label(label: QLabel) -> Iterator[str]:
    metrics = label.fontMetrics()
    if label.wordWrap():
        room = QRect(0, 0, label.contentsRect().width(), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        if metrics.boundingRect(room, flags, label.text()).height() > label.height() + SLACK:
            yield label.text()
        return
    widest = max(metrics.horizontalAdvance(line) for line in label.text().splitlines())
    if label.contentsRect().width() < widest - SLACK:
        yield label.text()
