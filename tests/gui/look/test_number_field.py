"""A whole number: what is typed is seen, and nothing but a number of the range is taken."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from dwmtj.gui.look.number_field import NumberField
from dwmtj.gui.window import BenchWindow


@pytest.fixture
def field(window: BenchWindow, qtbot: QtBot) -> NumberField:
    """A field in the style sheet of a window."""
    made = NumberField(10, 2, 100, "Programmings")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "value"),
    [("42", 42), ("1", 10), ("101", 10), ("", 10), ("x", 10), ("²", 10), ("-5", 10), (" 7", 7)],
)
def test_a_number_of_the_range_is_taken_and_nothing_else(
    field: NumberField, qtbot: QtBot, text: str, value: int
) -> None:
    field.setText(text)
    assert field.value() == value
    assert bool(field.property("wrong")) is (value == 10)
    other = QLineEdit()
    qtbot.addWidget(other)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    field.clearFocus()
    assert field.text().strip() == str(value)


def test_its_digits_are_seen(field: NumberField) -> None:
    field.clearFocus()
    one = field.grab().toImage()
    field.set_value(42)
    assert field.grab().toImage() != one
