"""The figure of nights, from what `nights.py` printed: `_nights_figure.py LOG PNG`."""

import ast
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from dwmtj.analysis.figures.house import BLUE, GREY, ORANGE
from dwmtj.analysis.figures.panel import STYLE


def main() -> None:
    """Draw the points of each night, its resumed runs and the steps that failed."""
    log, picture = map(Path, sys.argv[1:3])
    nights = _nights(log.read_text(encoding="utf-8"))
    with mpl.style.context(STYLE):
        figure, (above, below) = plt.subplots(
            2, 1, figsize=(7.0, 3.6), sharex=True, height_ratios=(3, 2), layout="constrained"
        )
        _paint_points(above, nights)
        _paint_counts(below, nights)
        figure.savefig(picture, dpi=150)


def _paint_points(axes: Axes, nights: list[dict[str, Any]]) -> None:
    stored, lost = ([night[name] for night in nights] for name in ("points", "lost"))
    numbers = range(1, len(nights) + 1)
    axes.bar(numbers, stored, color=BLUE, label=f"points stored, {sum(stored):,} in all")
    axes.bar(numbers, lost, bottom=stored, color=ORANGE, label=f"points lost: {sum(lost)}")
    axes.set_ylabel("points")
    axes.set_ylim(0, 1.35 * max(stored))
    axes.legend(ncols=2, loc="upper center", frameon=False)


def _paint_counts(axes: Axes, nights: list[dict[str, Any]]) -> None:
    resumed, failed = ([night[name] for night in nights] for name in ("resumed", "failed"))
    places = range(1, len(nights) + 1)
    left, right = ([place + shift for place in places] for shift in (-0.2, 0.2))
    axes.bar(left, resumed, 0.4, color=BLUE, label=f"runs resumed, {sum(resumed)} in all")
    failing = f"steps that failed, {sum(failed)} in all"
    axes.bar(right, failed, 0.4, color=GREY, label=failing)
    axes.set_xlabel(
        "night, each with a kill, a full disk or a restart of the server, and faults of instruments"
    )
    axes.set_ylabel("number")
    axes.set_ylim(0, 1.6 * max(1, *resumed, *failed))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.legend(ncols=2, loc="upper center", frameon=False)


def _nights(text: str) -> list[dict[str, Any]]:
    lines = [line for line in text.splitlines() if line.startswith("night ")]
    return [ast.literal_eval(line[line.index("{") : line.index("}") + 1]) for line in lines]


if __name__ == "__main__":
    main()
