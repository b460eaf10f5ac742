"""Ticks, units and texts of axes."""

import pytest

from dwmtj.gui.plots.drawing.axes import AMPLITUDE, FIELD, RESISTANCE, TIME, number_text


@pytest.mark.parametrize(
    ("low", "high", "label"),
    [
        (0.0, 90.0, "Time on the bench (s)"),
        (0.0, 1500.0, "Time on the bench (min)"),
        (0.0, 40_000.0, "Time on the bench (h)"),
    ],
)
def test_time_is_in_the_unit_that_suits_its_length(low: float, high: float, label: str) -> None:
    assert TIME.label(low, high) == label


def test_ticks_are_round_in_the_unit_shown() -> None:
    minutes = TIME.ticks(0.0, 1500.0, 6, log=False)
    assert [tick.text for tick in minutes] == ["0", "5", "10", "15", "20", "25"]
    assert minutes[1].value == 300.0
    assert [tick.text for tick in RESISTANCE.ticks(900.0, 12_100.0, 4, log=False)] == ["5", "10"]
    assert RESISTANCE.label(900.0, 12_100.0) == "Resistance (kΩ)"
    assert [tick.text for tick in FIELD.ticks(-70.0, 70.0, 3, log=False)] == ["−50", "0", "50"]
    assert [tick.text for tick in AMPLITUDE.ticks(0.1, 0.35, 3, log=False)] == ["0.1", "0.2", "0.3"]


@pytest.mark.parametrize("low", [65.0, 0.9, 3.0, 1e-3, 99.9])
@pytest.mark.parametrize("ratio", [1.001, 1.5, 9.0, 300.0, 1e9])
def test_a_logarithmic_axis_always_has_ticks(low: float, ratio: float) -> None:
    ticks = RESISTANCE.ticks(low, low * ratio, 8, log=True)
    assert 1 <= len(ticks) <= 13
    assert all(low * 0.999 <= tick.value <= low * ratio * 1.001 for tick in ticks)
    assert len({tick.text for tick in ticks}) == len(ticks)


def test_values_have_four_digits_a_true_minus_and_commas() -> None:
    assert number_text(-2.62) == "−2.620"
    assert number_text(1234567.0) == "1,234,567"
    assert AMPLITUDE.text(2.62) == "2.62 V"
    assert RESISTANCE.text(92.9041) == "92.9 Ω"
    assert RESISTANCE.text(100.0391, 0.002) == "100.0391 Ω"
    assert RESISTANCE.ticks(1000.0, 3000.0, 2, log=False)[0].text == "1,000"
    assert RESISTANCE.text(1.5e6) == "1,500 kΩ"
