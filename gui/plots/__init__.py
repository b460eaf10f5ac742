"""Live plots of a run: resistance against voltage, time and field, its levels and its states.

`PlotsPanel` shows the `RunPoints` of a run, redraws when they grow and stays fast at a million
points; the numbers behind every plot are kept up to date in `data`, which knows no Qt.
"""

from .colours import DARK, LIGHT, PlotColours
from .data.run_points import RunPoints
from .navigation import KEYS
from .panel import PlotsPanel

__all__ = ["DARK", "KEYS", "LIGHT", "PlotColours", "PlotsPanel", "RunPoints"]
