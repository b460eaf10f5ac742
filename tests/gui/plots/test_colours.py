"""Contrast of both sets of colours."""

import numpy as np
import pytest

from dwmtj.gui.plots import DARK, LIGHT


def luminance(name: str) -> float:
    channels = np.array([int(name[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_and_the_newest_cycle_most(theme: object) -> None:
    assert isinstance(theme, type(LIGHT))

    def contrast(name: str) -> float:
        pair = sorted((luminance(name), luminance(theme.background)))
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    for name in (theme.text, theme.muted, theme.marked, *theme.overlays):
        assert contrast(name) >= 4.5, name
    shades = [contrast(shade.name()) for shade in theme.shades()]
    assert shades == sorted(shades)
    assert shades[-1] > 10
