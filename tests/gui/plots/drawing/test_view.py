"""Ranges of a view, and where data lie on it."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from dwmtj.gui.plots.drawing.view import Frame, View, fitted, followed, valid


@pytest.mark.parametrize("log", [False, True])
def test_a_place_and_its_data_are_each_others_inverse(log: bool) -> None:
    frame = Frame(View((0.0, 4.0), (60.0, 110.0), log), QRectF(70, 8, 500, 300))
    for x, y in ((0.1, 100.0), (3.9, 67.5)):
        assert frame.x_at(float(frame.px(x))) == pytest.approx(x)
        assert frame.y_at(float(frame.py(y))) == pytest.approx(y)
    assert float(frame.py(110.0)) == pytest.approx(8)
    assert float(frame.py(60.0)) == pytest.approx(308)


@pytest.mark.parametrize("log", [False, True])
def test_a_zoom_leaves_its_centre_in_place(log: bool) -> None:
    view = View((0.0, 4.0), (60.0, 110.0), log)
    zoomed = view.zoomed(0.2, 3.0, 76.0)
    frames = [Frame(shown, QRectF(0, 0, 500, 300)) for shown in (view, zoomed)]
    assert float(frames[1].px(3.0)) == pytest.approx(float(frames[0].px(3.0)))
    assert float(frames[1].py(76.0)) == pytest.approx(float(frames[0].py(76.0)))
    assert zoomed.x[1] - zoomed.x[0] == pytest.approx(0.8)


def test_a_growing_range_is_widened_in_steps_and_holds_the_data() -> None:
    shown, changes = None, 0
    for count in range(2, 3000):
        new = followed(shown, 0.0, float(count))
        assert new[0] <= 0 <= count <= new[1]
        changes += new != shown
        shown = new
    assert changes < 120


@pytest.mark.parametrize("value", [0.0, 100.0, -5.0, 1e-12, 1e50, -1e50])
@pytest.mark.parametrize("log", [False, True])
def test_a_single_value_is_given_a_range_around_it(value: float, log: bool) -> None:
    low, high = fitted(value, value, log=log)
    assert np.isfinite([low, high]).all()
    assert low < high
    if not log:
        assert low < value < high


@pytest.mark.parametrize("span", [(1.0, 1.0), (1.0, 1.0 + 1e-15), (-np.inf, np.inf), (2.0, 1.0)])
def test_no_range_is_empty_or_infinite(span: tuple[float, float]) -> None:
    low, high = valid(*span)
    assert np.isfinite(high - low)
    assert low < high


def test_far_away_and_below_zero_are_places_that_can_be_drawn() -> None:
    frame = Frame(View((0.0, 1e-6), (1.0, 2.0), True), QRectF(0, 0, 500, 300))
    places = np.concatenate([frame.px(np.array([1e300, -1e300])), frame.py(np.array([0.0, -1.0]))])
    assert np.isfinite(places).all()
    assert np.abs(places).max() <= 1e6
