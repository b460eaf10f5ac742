"""Contrast of both sets of colours."""

from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from dwmtj.gui.plots import DARK, LIGHT, PlotColours


def linear(name: str) -> npt.NDArray[np.float64]:
    """Return a colour #rrggbb in linear RGB."""
    channels = np.array([int(name[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(name: str) -> float:
    return float(linear(name) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_and_the_newest_cycle_most(theme: PlotColours) -> None:
    def contrast(name: str) -> float:
        pair = sorted((luminance(name), luminance(theme.background)))
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    for name in (theme.text, theme.muted, theme.marked, *theme.overlays):
        assert contrast(name) >= 4.5, name
    shades = [contrast(shade.name()) for shade in theme.shades()]
    assert shades == sorted(shades)
    assert shades[-1] > 10


DEUTERANOPE = np.array(  # Machado, Oliveira and Fernandes 2009, in linear RGB
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / [
    [0.9505],
    [1.0],
    [1.089],
]


def lab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return CIELAB of a colour in linear RGB."""
    x, y, z = np.cbrt(XYZ @ np.clip(linear, 0, 1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_deuteranopes_can_tell_run_overlays_and_cycles_apart(theme: PlotColours) -> None:
    def seen(name: str) -> npt.NDArray[np.float64]:
        return lab(DEUTERANOPE @ linear(name))

    lines = (theme.accent, theme.shades()[-1].name(), *theme.overlays)
    for one, other in combinations(lines, 2):
        assert np.linalg.norm(seen(one) - seen(other)) > 20, (one, other)
    ninths = [seen(shade.name()) for shade in theme.shades()[::8]]
    assert all(np.linalg.norm(a - b) > 5 for a, b in pairwise(ninths))
