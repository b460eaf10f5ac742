"""Colours of the plots on a light and on a dark ground.

Cycles run along viridis, which keeps its order for deuteranopes and in grey: from the end near the
ground for the first cycle to the end of most contrast for the newest.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtGui import QColor

SHADES = 64
VIRIDIS = (  # at nine even steps
    "#440154",
    "#472d7b",
    "#3b528b",
    "#2c728e",
    "#21918c",
    "#28ae80",
    "#5ec962",
    "#addc30",
    "#fde725",
)


@dataclass(frozen=True, slots=True)
class PlotColours:
    """Colours by use, as #rrggbb; `cycles` are the places on viridis, first and newest cycle."""

    background: str
    text: str
    muted: str
    axis: str
    grid: str
    accent: str
    accent_soft: str
    border: str
    marked: str
    overlays: tuple[str, ...]
    cycles: tuple[float, float]

    def shades(self) -> tuple[QColor, ...]:
        """Return the colours of cycles, from the first to the newest."""
        return _viridis(*self.cycles)

    def overlay(self, number: int) -> QColor:
        return QColor(self.overlays[number % len(self.overlays)])


LIGHT = PlotColours(
    background="#ffffff",
    text="#14171c",
    muted="#4d5763",
    axis="#c5cad1",
    grid="#eceff2",
    accent="#0b5cb8",
    accent_soft="#d9e9fa",
    border="#d3dae2",
    marked="#b3261e",
    overlays=("#8f5200", "#a6536f", "#59000f"),
    cycles=(0.8, 0.0),
)
DARK = PlotColours(
    background="#181c21",
    text="#eef1f4",
    muted="#a6b0bb",
    axis="#484f58",
    grid="#262b31",
    accent="#4fa3f0",
    accent_soft="#1f3a58",
    border="#333b45",
    marked="#ff8a80",
    overlays=("#f0a040", "#5fe8d0", "#c4705f"),
    cycles=(0.22, 1.0),
)


@cache
def _viridis(first: float, newest: float) -> tuple[QColor, ...]:
    known = np.array([[int(name[at : at + 2], 16) for at in (1, 3, 5)] for name in VIRIDIS])
    at = np.linspace(first, newest, SHADES) * (len(VIRIDIS) - 1)
    bands = [np.interp(at, np.arange(len(VIRIDIS)), known[:, band]) for band in range(3)]
    return tuple(QColor(*(round(float(part)) for part in rgb)) for rgb in zip(*bands, strict=True))
