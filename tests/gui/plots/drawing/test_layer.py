"""A picture that grows, and its redraw in slices."""

from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from dwmtj.gui.plots.drawing.layer import SLICE, Layer
from dwmtj.gui.plots.drawing.strokes import draw_segments, pen
from dwmtj.gui.plots.drawing.view import Frame, View

FRAME = Frame(View((0.0, 1.0), (0.0, 1.0)), QRectF(0, 0, 200, 100))
RANDOM = np.random.default_rng(1)
X, Y = RANDOM.random((2, 2 * SLICE + 500))


def paint(painter: QPainter, frame: Frame, rows: slice) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(QColor("#103070"), 1.5))
    part = slice(max(rows.start - 1, 0), rows.stop)
    draw_segments(painter, frame.px(X[part]), frame.py(Y[part]), np.ones(len(X[part]), bool))


def picture(layer: Layer, frame: Frame) -> QImage:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    layer.draw(painter, frame)
    painter.end()
    return image


def never() -> float:
    return perf_counter() + 3600


@pytest.mark.usefixtures("qapp")
def test_a_picture_that_grew_is_the_picture_drawn_at_once() -> None:
    grown, at_once = Layer(paint), Layer(paint)
    for stop in (1, 2, 700, SLICE + 3, len(X)):
        assert grown.update(FRAME, "", slice(0, stop), never())
    assert at_once.update(FRAME, "", slice(0, len(X)), never())
    assert picture(grown, FRAME) == picture(at_once, FRAME)
    assert picture(grown, FRAME) != picture(Layer(paint), FRAME)


@pytest.mark.usefixtures("qapp")
def test_a_redraw_takes_slices_and_shows_the_old_picture_meanwhile() -> None:
    layer = Layer(paint)
    layer.update(FRAME, "", slice(0, len(X)), never())
    before = picture(layer, FRAME)
    zoomed = Frame(View((0.2, 0.4), (0.0, 1.0)), FRAME.rect)
    looks = 0
    while not layer.update(zoomed, "", slice(0, len(X)), perf_counter() - 1):  # one slice a look
        looks += 1
        assert picture(layer, FRAME) == before
    assert looks == 2
    at_once = Layer(paint)
    at_once.update(zoomed, "", slice(0, len(X)), never())
    assert picture(layer, zoomed) == picture(at_once, zoomed)


@pytest.mark.usefixtures("qapp")
def test_another_content_is_drawn_anew() -> None:
    layer = Layer(paint)
    layer.update(FRAME, "light", slice(0, 50), never())
    assert layer.update(FRAME, "dark", slice(25, 50), never())
    fresh = Layer(paint)
    fresh.update(FRAME, "dark", slice(25, 50), never())
    assert picture(layer, FRAME) == picture(fresh, FRAME)
