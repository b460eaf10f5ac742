"""Contrast of every pair of text and ground, and states that deuteranopes can tell apart."""

import itertools

import numpy as np
import pytest

from dwmtj.gui.look.symbols import (
    INSTRUMENT_SHAPES,
    MESSAGE_SHAPES,
    RUN_SHAPES,
    colour_of,
)
from dwmtj.gui.look.theme import DARK, LIGHT, REAL, STOP, UNKNOWN, VIRTUAL, Theme, contrast

ENOUGH = 4.5  # WCAG 2.2, 1.4.3
TOLD_APART = 5.0  # CIE76 difference

# Machado, Oliveira & Fernandes, IEEE TVCG 15, 1291 (2009): deuteranopia, severity 1, linear RGB.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_text_is_legible_on_its_ground(theme: Theme) -> None:
    grounds = (theme.card, theme.alternate, theme.field, theme.selection)
    for text in (theme.text, theme.muted, theme.good, theme.attention, theme.bad, theme.accent):
        for ground in grounds:
            assert contrast(text, ground) >= ENOUGH, (text, ground)
    for text, ground in (
        (theme.text, theme.window),
        (theme.muted, theme.window),
        (theme.bad, theme.window),
        (theme.text, theme.button),
        (theme.text, theme.button_hover),
        (theme.text, theme.bad_ground),
        (theme.accent_text, theme.accent),
        (theme.disabled_text, theme.disabled_fill),
    ):
        assert contrast(text, ground) >= ENOUGH, (text, ground)


@pytest.mark.parametrize("banner", [REAL, VIRTUAL, UNKNOWN, STOP])
def test_the_banner_and_stop_are_legible_on_ground_and_stripes(banner: object) -> None:
    for ground in (banner.ground, banner.stripe):  # type: ignore[attr-defined]
        assert contrast(banner.text, ground) >= ENOUGH  # type: ignore[attr-defined]


def test_real_and_virtual_differ_in_pattern_and_lightness() -> None:
    assert REAL.stripe == REAL.ground
    assert VIRTUAL.stripe != VIRTUAL.ground
    assert contrast(REAL.ground, VIRTUAL.ground) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("shapes", [RUN_SHAPES, INSTRUMENT_SHAPES, MESSAGE_SHAPES])
def test_two_states_differ_in_shape_or_in_a_colour_deuteranopes_see(
    theme: Theme, shapes: dict[str, str]
) -> None:
    for one, other in itertools.combinations(shapes, 2):
        if {one, other} == {"stopping", "interrupted"}:
            continue  # told apart by the word; the one is of a run that is under way
        colours = [as_deuteranope(colour_of(state, theme)) for state in (one, other)]
        apart = float(np.linalg.norm(lab(colours[0]) - lab(colours[1])))
        assert shapes[one] != shapes[other] or apart >= TOLD_APART, (one, other)


def as_deuteranope(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen: np.ndarray = np.clip(DEUTERANOPIA @ linear, 0, 1)
    return seen


def lab(linear: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of linear sRGB under D65."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    relative = to_xyz @ linear / np.array([0.9505, 1.0, 1.089])
    cube = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    x, y, z = cube
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
