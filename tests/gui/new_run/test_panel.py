"""The form of a new run, filled in with keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dwmtj.gui.link.worker import Worker
from dwmtj.gui.new_run.panel import NewRunPanel
from dwmtj.gui.new_run.value_field import ValueField
from dwmtj.gui.window import BenchWindow
from dwmtj.gui.window_state import RunTemplate, WindowState
from dwmtj.instruments import load_bench_file
from dwmtj.station.messages import Job
from dwmtj.tests.gui.conftest import PATIENCE_MS
from dwmtj.tests.gui.stand_in import StandIn


@pytest.fixture
def form(qtbot: QtBot) -> Iterator[NewRunPanel]:
    """The panel alone, with a right form."""
    worker = Worker("form")
    panel = NewRunPanel(WindowState(), worker, load_bench_file("virtual-trapezoid"))
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(panel.add.isEnabled, timeout=PATIENCE_MS)
    yield panel
    worker.close()


@pytest.fixture
def in_window(window: BenchWindow, qtbot: QtBot) -> NewRunPanel:
    """The panel of a window."""
    panel = window.panels.new_run
    qtbot.waitUntil(panel.add.isEnabled, timeout=PATIENCE_MS)
    return panel


def retype(qtbot: QtBot, field: ValueField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    if text.isascii():
        qtbot.keyClicks(field.edit, text)
    else:
        field.edit.insert(text)  # QTest takes no such keys


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("pulse_width_s", "50n", 50e-9),
        ("pulse_width_s", "0.05 µs", 50e-9),
        ("pulse_width_s", "60", 60e-9),
        ("bias_field_T", "40 Oe", 4e-3),
        ("bias_field_T", "−4", -4e-3),
        ("read_delay_s", "1,5 µs", 1.5e-6),
        ("amplitude_step_V", "20", 20e-3),
        ("cycles", "12", 12),
    ],
)
def test_a_value_is_typed_with_a_unit_or_in_the_one_shown(
    form: NewRunPanel, qtbot: QtBot, name: str, text: str, value: float
) -> None:
    retype(qtbot, form.form.fields[name], text)
    values = form.form.values()
    assert values is not None
    assert values[name] == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("amplitude_stop_V", "6.5 V", "This bench allows 6 V ([limits] pulse_amplitude_V)."),
        ("amplitude_stop_V", "5 s", "a time and not a voltage"),
        ("pulse_width_s", "abc", "must be a number from"),
        ("saturation_field_T", "200", "This bench allows 130 mT"),
        ("cycles", "1.5", "a whole number"),
    ],
)
def test_a_wrong_value_keeps_its_text_and_says_one_sentence(
    form: NewRunPanel, qtbot: QtBot, name: str, text: str, sentence: str
) -> None:
    field = form.form.fields[name]
    retype(qtbot, field, text)
    assert field.edit.text() == text
    assert sentence in field.sentence.text()
    assert field.sentence.isVisible()
    assert not form.add.isEnabled()
    with qtbot.assertNotEmitted(form.added):
        form.submit()
    retype(qtbot, field, field.declaration.show_number(field.declaration.default))
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    assert not field.sentence.isVisible()


def test_values_that_do_not_fit_together_are_refused_in_one_sentence(
    form: NewRunPanel, qtbot: QtBot
) -> None:
    retype(qtbot, form.form.fields["amplitude_start_V"], "5")
    qtbot.waitUntil(lambda: "below its start" in form.outcome.text(), timeout=PATIENCE_MS)
    assert not form.add.isEnabled()


def test_a_run_is_foretold_and_added_with_ctrl_return(
    window: BenchWindow, in_window: NewRunPanel, qtbot: QtBot, station: StandIn
) -> None:
    form = in_window
    retype(qtbot, form.form.fields["amplitude_step_V"], "20")
    retype(qtbot, form.form.fields["cycles"], "9")
    form.notes.setText("fresh tip")
    form.operator.setText("Ada")
    qtbot.waitUntil(lambda: form.outcome.text().startswith("9 × 196 pulses"), timeout=PATIENCE_MS)
    assert "1,782 points" in form.outcome.text()
    assert form.drawing.texts() == ("pulses 0.1 … 4 V, 50 ns", "field +50, then −4 mT")
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(station.jobs) == 1, timeout=PATIENCE_MS)
    job = station.jobs[0].new
    assert (job.protocol, job.notes, job.operator) == ("staircase-write", "fresh tip", "Ada")
    assert job.parameters["cycles"] == 9
    assert job.parameters["amplitude_step_V"] == 0.02
    qtbot.waitUntil(lambda: form.notes.text() == "", timeout=PATIENCE_MS)


def test_a_temperature_is_stated_with_its_unit_and_kept_with_the_job(
    form: NewRunPanel, qtbot: QtBot
) -> None:
    qtbot.keyClicks(form.temperature, "85")
    assert "85 is no temperature: write a number with its unit" in form.outcome.text()
    assert not form.add.isEnabled()
    qtbot.keyClicks(form.temperature, " C")
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    with qtbot.waitSignal(form.added, timeout=PATIENCE_MS) as added:
        form.submit()
    assert added.args is not None
    job = added.args[0]
    assert job.temperature_K == 358.15
    form.edit_job(Job(1, job, points=1, duration_s=1.0))
    assert form.temperature.text() == "358.15 K"
    form.cancel_editing()
    assert form.temperature.text() == ""


def test_what_the_station_refuses_is_said_and_its_notes_are_kept(
    window: BenchWindow, in_window: NewRunPanel, qtbot: QtBot, station: StandIn
) -> None:
    form = in_window
    form.notes.setText("fresh tip")
    station.refusal = "The bench is not open."
    form.submit()
    status = window.panels.status
    qtbot.waitUntil(
        lambda: status.error.full_text() == "The bench is not open.", timeout=PATIENCE_MS
    )
    assert form.notes.text() == "fresh tip"
    status.clear_error()
    assert status.stored.isVisible()


def test_the_wheel_changes_nothing_without_the_focus(form: NewRunPanel, qtbot: QtBot) -> None:
    before = form.form.texts(), form.protocol.currentText()
    form.operator.setFocus()
    for widget in (form.protocol, form.templates, *[f.edit for f in form.form.fields.values()]):
        turn = QWheelEvent(
            QPointF(5, 5),
            widget.mapToGlobal(QPointF(5, 5)),
            QPoint(0, 0),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, turn)
    assert (form.form.texts(), form.protocol.currentText()) == before


def test_every_protocol_has_a_form_that_starts_right(form: NewRunPanel, qtbot: QtBot) -> None:
    for index in range(form.protocol.count()):
        form.protocol.setCurrentIndex(index)
        assert form.form.values() is not None, form.protocol.currentText()


def test_a_template_is_saved_taken_and_deleted(form: NewRunPanel, qtbot: QtBot) -> None:
    retype(qtbot, form.form.fields["cycles"], "9")
    qtbot.waitUntil(form.add.isEnabled, timeout=PATIENCE_MS)
    values = form.form.values()
    assert values is not None
    form._state.keep_template(
        RunTemplate(name="9 cycles", protocol="staircase-write", values=dict(values))
    )
    form.templates.show_for("staircase-write")
    retype(qtbot, form.form.fields["cycles"], "3")
    form.templates.setCurrentIndex(1)
    form.templates.activated.emit(1)
    assert form.form.fields["cycles"].edit.text() == "9"
    form.templates.delete()
    assert form.templates.count() == 1
    assert not form.templates.isEnabled()
