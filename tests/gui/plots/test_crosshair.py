"""The nearest point to the pointer."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from dwmtj.gui.plots.crosshair import BLOCK, nearest_row
from dwmtj.gui.plots.drawing.view import Frame, View


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3000, BLOCK + 10])
def test_the_nearest_point_is_that_of_brute_force(count: int, log: bool) -> None:
    random = np.random.default_rng(count)
    x, y = random.uniform(0, 4, count), random.lognormal(4.4, 0.3, count)
    frame = Frame(View((-0.5, 4.5), (20.0, 300.0), log), QRectF(70, 8, 520, 310))
    for at in random.uniform([70, 8], [590, 318], (40, 2)):
        distance = np.hypot(frame.px(x) - at[0], frame.py(y) - at[1])
        row = nearest_row(x, y, frame, QPointF(*at))
        assert row is not None
        assert distance[row] == distance.min()


def test_of_points_in_one_place_the_newest_is_taken() -> None:
    frame = Frame(View((0.0, 1.0), (0.0, 1.0)), QRectF(0, 0, 100, 100))
    same = np.full(5, 0.5)
    assert nearest_row(same, same, frame, QPointF(48, 51)) == 4
    assert nearest_row(same[:0], same[:0], frame, QPointF(48, 51)) is None


def test_a_point_far_outside_the_view_is_found_when_there_is_no_other() -> None:
    frame = Frame(View((0.0, 1.0), (0.0, 1.0)), QRectF(0, 0, 100, 100))
    assert nearest_row(np.array([1e9]), np.array([-1e9]), frame, QPointF(50, 50)) == 0
