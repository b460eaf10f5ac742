"""Colours can be told apart on white by everyone, and axes have the prefix of their numbers."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.typing import ColorType

from dwmtj.analysis.figures.house import (
    GREY,
    KINDS,
    colours,
    kind_colours,
    kind_markers,
    label_axis,
    name_cycles,
    prefix_for,
)
from dwmtj.analysis.figures.panel import _figure

# Machado, Oliveira & Fernandes (2009), severity 1, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])


def linear(colour: ColorType) -> np.ndarray:
    part = np.array(to_rgb(colour), dtype=float)
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast_with_white(colour: ColorType) -> float:
    return float(1.05 / (linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05))


def cie_lab(colour: ColorType, vision: str) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(VISION[vision] @ linear(colour), 0, 1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", [*KINDS, GREY, *colours(40)])
def test_every_line_has_a_contrast_of_three_to_one_on_white(colour: ColorType) -> None:
    assert contrast_with_white(colour) >= 3.0


@pytest.mark.parametrize("vision", VISION)
def test_kinds_are_told_apart_with_any_colour_vision(vision: str) -> None:
    apart = [
        float(np.linalg.norm(cie_lab(one, vision) - cie_lab(other, vision)))
        for one, other in combinations(KINDS, 2)
    ]
    assert min(apart) > 17  # 10 is seen at a glance, 2 side by side


@pytest.mark.parametrize("vision", VISION)
def test_an_order_is_one_of_lightness(vision: str) -> None:
    lightness = [cie_lab(colour, vision)[0] for colour in colours(10)]
    assert (np.diff(lightness) > 1).all()


def test_forty_kinds_differ_in_colour_or_marker() -> None:
    assert len(set(zip(kind_colours(40), kind_markers(40), strict=True))) == 40


@pytest.mark.parametrize(("cycles", "cells"), [(2, 2), (10, 10), (11, 256)])
def test_a_few_cycles_have_a_cell_each(cycles: int, cells: int) -> None:
    figure = Figure()
    axes = figure.add_subplot()
    name_cycles(axes, cycles)
    (bar,) = (each for each in figure.axes if each is not axes)
    (drawn,) = (each for each in bar.collections if isinstance(each, QuadMesh))
    assert cells == drawn.get_cmap().N
    assert drawn.get_clim() == ((0.5, cycles + 0.5) if cells == cycles else (1, cycles))
    shown = [tick for tick in bar.get_yticks() if 1 <= tick <= cycles]
    assert shown == (list(range(1, cycles + 1)) if cells == cycles else [1, cycles])


@pytest.mark.parametrize(
    ("values", "power", "prefix"),
    [
        ([1.2e9, 3e8], 9, "G"),
        ([999.0], 0, ""),
        ([1000.0], 3, "k"),
        ([-4e-3, 1e-3], -3, "m"),
        ([np.nan, np.inf, 0.0], 0, ""),
        ([], 0, ""),
        ([1e30], 12, "T"),
        ([1e-30], -12, "p"),
    ],
)
def test_the_prefix_is_that_of_the_largest(values: list[float], power: int, prefix: str) -> None:
    assert prefix_for(values) == (power, prefix)


def labelled(values: list[float]) -> tuple[str, list[str], str]:
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(values)
    label_axis(axes, "y", "Resistance", "Ω", values)
    figure.draw_without_rendering()
    texts = [each.get_text() for each in axes.get_yticklabels()]
    offset = axes.yaxis.get_offset_text()
    return axes.get_ylabel(), texts, offset.get_text() if offset.get_visible() else ""


def test_ticks_are_in_the_unit_of_the_label_without_an_offset() -> None:
    label, texts, offset = labelled([1.000e9, 1.001e9])
    assert (label, offset) == ("Resistance (GΩ)", "")
    ticks = [float(text) for text in texts]
    assert min(ticks) > 0.999
    assert max(ticks) < 1.002
    assert len(set(texts)) == len(texts)


def test_decades_are_drawn_as_decades_unless_a_value_is_not_positive() -> None:
    label, texts, _ = labelled([1e2, 1e5])
    assert label == "Resistance (kΩ)"
    assert "100" in texts
    assert "0.1" in texts
    label, texts, offset = labelled([-1e2, 1e5])
    assert (label, offset) == ("Resistance (kΩ)", "")
    assert "100" in texts


def test_a_title_stands_above_a_legend_that_is_above_the_axes() -> None:
    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], label="white")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))

    figure = _figure([paint], ["Readings and noise model"])
    figure.draw_without_rendering()
    (axes,) = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    assert axes.title.get_window_extent().y0 >= legend.get_window_extent().y1
