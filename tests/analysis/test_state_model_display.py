"""A state model shows its own numbers, and names are text whatever they contain."""

import re
from dataclasses import replace

import pytest

from dwmtj.analysis.state_model.model import (
    LevelState,
    ModelMetaplasticity,
    ModelReadNoise,
    ModelRetention,
    Prior,
    Pulses,
    Quantity,
    Source,
    StateModel,
)
from dwmtj.analysis.state_model.transitions import cumulated, leaving_voltage, maximum_likelihood
from dwmtj.tests.html_page import HtmlPage

EVIL = '<script>alert("x")</script>&'
SOURCE = Source((4, 7), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "2 ladders")
UP = (((6, 2), (0, 0)), ((3, 3), (0, 2)))
DOWN = (((0, 0), (2, 3)),)
MODEL = StateModel(
    name="A3",
    version=2,
    devices=("trapezoid-A3", "trapezoid-B1"),
    levels=(
        LevelState(Quantity(100.33, 99.91, 100.75), Quantity(0.1, 0.05, 0.3), 0.0, None, 7),
        LevelState(Quantity(67.0), None, 0.0, None, 1),
    ),
    levels_source=SOURCE,
    pulses=(
        Pulses("positive", 50e-9, None, None, -0.004, (1.5, 2.5), UP, SOURCE),
        Pulses("negative", None, None, None, None, (3.0,), DOWN, SOURCE),
    ),
    prior=Prior(),
    saturation_field_T=0.05,
    saturated_level=0,
    read_noise=ModelReadNoise(Quantity(3e-4, 2e-4, 4e-4), 1e-4, SOURCE),
    retention=(ModelRetention(1, Quantity(2e4, 1e4, None), 300.0, SOURCE),),
    metaplasticity=ModelMetaplasticity(Quantity(0.4, 0.35, 0.45), SOURCE),
)


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.?\d*", text.replace("−", "-"))]


def interval(quantity: Quantity, scale: float = 1.0) -> list[float]:
    assert quantity.low is not None
    assert quantity.high is not None
    return [quantity.value * scale, quantity.low * scale, quantity.high * scale]


def test_the_levels_are_those_of_the_model_with_their_intervals() -> None:
    shown = HtmlPage(MODEL._repr_html_())
    first, second = MODEL.levels
    mean, spread = first.resistance_ohm, first.cycle_std_ohm
    assert spread is not None
    assert shown.cell(1, "level").endswith("0")
    assert numbers(shown.cell(1, "R (Ω)")) == pytest.approx(interval(mean), abs=0.005)
    assert numbers(shown.cell(1, "σ of visits (Ω)")) == pytest.approx(interval(spread), abs=0.005)
    conductance = numbers(shown.cell(1, "G (mS)"))
    assert conductance == pytest.approx([1e3 / 100.33, 1e3 / 100.75, 1e3 / 99.91], abs=5e-4)
    assert [shown.cell(row, "visits") for row in (1, 2)] == ["7", "1"]
    assert shown.cell(2, "R (Ω)") == "67 (interval unbounded)"
    assert shown.cell(2, "σ of visits (Ω)") == "one visit"
    assert float(shown.cell(2, "G (mS)")) == pytest.approx(1e3 * second.conductance_S, rel=1e-3)
    for column, row, pulses in (("left at +V (V)", 1, 0), ("left at −V (V)", 2, 1)):
        left = leaving_voltage(MODEL.pulses[pulses], row - 1)
        assert left is not None
        assert numbers(shown.cell(row, column)) == pytest.approx(interval(left[0]), abs=0.05)
        assert shown.cell(3 - row, column) == "not left"


def test_each_curve_is_the_probability_that_a_ladder_moved_the_wall() -> None:
    """Heights are drawn to 0.1 of 120 pixels; the axis goes from −3 V to 2.5 V."""
    up, down = HtmlPage(MODEL._repr_html_()).curves
    moved = 1 - cumulated(maximum_likelihood(MODEL.pulses[0]))[:, 0, 0]
    assert 1 - up[:, 1] / 120 == pytest.approx([0, *moved], abs=1e-3)
    assert up[:, 0] / 420 * 5.5 - 3 == pytest.approx([0, 1.5, 2.5], abs=2e-3)
    assert 1 - down[:, 1] / 120 == pytest.approx([0, 0.4], abs=1e-3)
    assert down[:, 0] / 420 * 5.5 - 3 == pytest.approx([0, -3], abs=2e-3)


def test_conditions_and_origin_are_shown() -> None:
    shown = HtmlPage(MODEL._repr_html_())
    assert shown.pair("positive pulses") == "1.5 to 2.5 V, 50 ns wide, at −4 mT; 2 ladders"
    assert shown.pair("negative pulses") == "3 to 3 V; 2 ladders"
    assert shown.pair("saturation") == "50 mT, in level 0"
    assert shown.pair("read noise, σ/R (10⁻⁶)") == "300 (200 to 400)"
    assert shown.pair("level 1, mean time until left (s)") == "2e+04 (interval unbounded)"
    assert shown.pair("width ratio w1/w2") == "0.400 (0.350 to 0.450)"
    assert shown.pair("origin").startswith("runs 4, 7 of lab.sqlite, 2025-03-01")
    assert "trapezoid-A3, trapezoid-B1" in shown.text
    bare = replace(MODEL, saturation_field_T=None, read_noise=None, retention=())
    assert len(HtmlPage(bare._repr_html_()).rows) == len(shown.rows) - 3


def test_names_are_text() -> None:
    source = replace(SOURCE, database=EVIL, method=EVIL, quality=EVIL)
    model = replace(MODEL, name=EVIL, devices=(EVIL,), levels_source=source)
    shown = HtmlPage(model._repr_html_())
    assert "script" not in shown.tags
    assert shown.text.count(EVIL) == 5


def test_a_model_prints_as_one_line() -> None:
    assert repr(MODEL) == (
        "<StateModel 'A3', version 2, of trapezoid-A3, trapezoid-B1: 2 levels, 100.3 to 67 Ω, "
        "positive pulses up to 2.5 V, negative pulses up to 3 V, from runs 4, 7>"
    )
