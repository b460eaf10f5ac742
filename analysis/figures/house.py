"""Colours and units of every figure; the rest of the house style is `house.mplstyle`.

Things of a kind (devices, widths, technologies) have colours of their own: five of Okabe & Ito's
(Color Universal Design, 2008), without those too light for a line on white, and two darker ones.
Whatever has an order (cycles, levels, amplitudes) runs along viridis, as far as it contrasts with
white by 3:1. Under deuteranopia and protanopia (Machado et al., IEEE TVCG 15, 1291 (2009)) any two
kinds stay 17 apart in CIE Lab; the tests compute it.
"""

from itertools import cycle, islice
from math import floor, log10
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, Normalize
from matplotlib.legend import Legend
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, ScalarFormatter

Colour = tuple[float, float, float, float]

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
KINDS = (BLUE, ORANGE, GREEN, "#4B0082", "#5B3A00", "#000000", "#CC79A7")
MARKERS = "os^DvPX"
LIGHTEST = 0.59  # of viridis: contrast 3:1 with white
COUNTED_UP_TO = 10  # cycles in a colour bar of separate cells
PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}
LABEL_LINES = 4.4  # of a legend's text, that ticks and label of the x axis take
LOG_FROM = 30.0  # times between smallest and largest: an axis of decades shows both


def kind_colours(count: int) -> list[str]:
    """Return colours of `count` kinds; from the eighth on they recur, with other markers."""
    return list(islice(cycle(KINDS), count))


def kind_markers(count: int) -> list[str]:
    """Return markers of `count` kinds, which with `kind_colours` are distinct up to 49."""
    return [MARKERS[(number + number // len(KINDS)) % len(MARKERS)] for number in range(count)]


def colours(count: int) -> list[Colour]:
    """Return `count` colours in an order that lightness shows, too."""
    red_green_blue = mpl.colormaps["viridis"](np.linspace(0, LIGHTEST, count))
    return [(float(r), float(g), float(b), float(a)) for r, g, b, a in red_green_blue]


def name_cycles(axes: Axes, cycles: int) -> None:
    """Add a colour bar of the cycles, counted from 1: a cell for each of a few."""
    figure = axes.get_figure(root=True)
    if figure is None:
        return
    if cycles <= COUNTED_UP_TO:
        shown = ListedColormap(colours(cycles))
        edges: npt.ArrayLike = np.arange(0.5, cycles + 1)
        scale = ScalarMappable(BoundaryNorm(edges, cycles), shown)
        bar = figure.colorbar(scale, ax=axes, aspect=40, pad=0.02, ticks=range(1, cycles + 1))
        bar.ax.tick_params(which="both", length=0)
        bar.set_label("Cycle")
    else:
        scale = ScalarMappable(Normalize(1, cycles), ListedColormap(colours(256)))
        bar = figure.colorbar(scale, ax=axes, aspect=40, pad=0.02, ticks=[1, cycles])
        bar.set_label("Cycle", labelpad=-4)
    bar.outline.set_visible(False)


def legend_below(axes: Axes, *, lines_above: float = 0.0, **options: Any) -> Legend:
    """Add a legend below the label of the x axis, `lines_above` lines farther down."""
    options = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), **options}
    return axes.legend(borderaxespad=LABEL_LINES + lines_above, **options)


def map_colours() -> Colormap:
    """Return the colours of a map, whose cells touch: all of viridis, grey where unknown."""
    return mpl.colormaps["viridis"].with_extremes(bad="#DDDDDD")


def prefix_for(values: npt.ArrayLike) -> tuple[int, str]:
    """Return the power of ten and the prefix in which the largest finite magnitude is 1 to 999."""
    sizes = np.abs(np.asarray(values, dtype=float))
    largest = float(sizes.max(where=np.isfinite(sizes), initial=0.0))
    power = 3 * floor(log10(largest) / 3 + 1e-12) if largest else 0
    power = min(max(power, min(PREFIXES)), max(PREFIXES))
    return power, PREFIXES[power]


def label_axis(
    axes: Axes, which: Literal["x", "y"], quantity: str, unit: str, values: npt.ArrayLike
) -> None:
    """Label an axis as "Quantity (kΩ)" and its ticks to suit; what is painted stays in the unit.

    The prefix is that of the largest of `values`. There is neither an offset nor a factor at the
    axis' end. Values above zero that span more than a factor of `LOG_FROM` get an axis of decades.
    """
    axis = axes.xaxis if which == "x" else axes.yaxis
    power, prefix = prefix_for(values)
    if _spans_decades(np.asarray(values, dtype=float)):
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10.0**power:g}"))
        axis.set_minor_formatter(NullFormatter())
    else:
        formatter = ScalarFormatter(useOffset=False)
        formatter.set_scientific(power != 0)
        formatter.set_powerlimits((power, power))
        axis.set_major_formatter(formatter)
        axis.get_offset_text().set_visible(False)  # the factor, which the label has
    axis.set_label_text(f"{quantity} ({prefix}{unit})")


def _spans_decades(values: npt.NDArray[np.float64]) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() > 0 and known.max() > LOG_FROM * known.min())
