"""What is done by hand, and when it is refused."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dwmtj.gui.window import BenchWindow
from dwmtj.tests.gui.conftest import PATIENCE_MS
from dwmtj.tests.gui.stand_in import StandIn

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_one_pulse_a_reading_and_a_field_are_asked_for_with_keys(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    hand = window.panels.bench.by_hand
    for key, name, text in (
        (Qt.Key.Key_P, "pulse", "-3"),
        (Qt.Key.Key_R, "read", "50"),
        (Qt.Key.Key_G, "field", "-42"),
    ):
        qtbot.keyClick(window, key, CONTROL)
        form = hand.forms[name]
        assert form.isVisible()
        qtbot.keyClicks(form.fields[0].edit, text)
        qtbot.keyClick(form.fields[0].edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(station.calls) == 3, timeout=PATIENCE_MS)
    assert station.calls == [
        ("pulse", -3.0, 50e-9, 10e-9, 10e-9),
        ("read", 50e-6),
        ("go_to_field", -0.042),
    ]
    reading = window.panels.bench.reading
    qtbot.waitUntil(
        lambda: any("99.97 Ω" in each.text for each in window.panels.messages.model.messages),
        timeout=PATIENCE_MS,
    )
    assert reading.value.text() in ("99.97 Ω", "– – –")  # the station's state comes in between


def test_the_reading_is_seen_while_its_form_is_open(window: BenchWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
    qtbot.wait(50)
    value = window.panels.bench.reading.value
    assert value.visibleRegion().boundingRect() == value.rect()


def test_a_value_beyond_the_limit_is_refused_where_it_is_typed(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_G, CONTROL)
    form = window.panels.bench.by_hand.forms["field"]
    qtbot.keyClicks(form.fields[0].edit, "200")
    assert form.fields[0].sentence.text() == "This bench allows 130 mT ([limits] field_T)."
    assert not form.button.isEnabled()
    qtbot.keyClick(form.fields[0].edit, Qt.Key.Key_Return)
    qtbot.keyClick(form.fields[0].edit, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert station.calls == []


def test_nothing_is_done_by_hand_during_a_run_and_the_reason_is_shown(
    window: BenchWindow, qtbot: QtBot, station: StandIn
) -> None:
    hand = window.panels.bench.by_hand
    hand.toggle("pulse")
    station.pretend_running(5)
    qtbot.waitUntil(lambda: hand.reason.text() == "Free when no run is on.", timeout=PATIENCE_MS)
    assert not any(each.isEnabled() for each in hand.buttons.values())
    assert not any(form.isVisible() for form in hand.forms.values())
    hand.toggle("pulse")
    assert not hand.forms["pulse"].isVisible()


@pytest.mark.parametrize("instrument", [0, 3])
def test_a_stop_shows_each_instrument_and_names_the_hung_one(
    window: BenchWindow, qtbot: QtBot, station: StandIn, instrument: int
) -> None:
    station.pretend_running(5)
    station.pretend_stopping()
    view = window.panels.bench.stopping
    qtbot.waitUntil(view.isVisible, timeout=PATIENCE_MS)
    row = view.instruments.rows[instrument]
    assert row.state.text() == ("waiting 3 s" if instrument == 3 else "safe")
    assert row.name.full_text().startswith("Keithley" if instrument == 3 else "Keysight")
    assert "2 of 4 instruments safe" in window.panels.banner.run.full_text()
    view.replace.click()
    qtbot.waitUntil(lambda: ("replace",) in station.calls, timeout=PATIENCE_MS)
