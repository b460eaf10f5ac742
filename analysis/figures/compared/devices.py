"""Box plots of quantities by device, and maps of devices that have a position."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ...compared.devices import ByDevice, Position
from ...errors import AnalysisError
from ..house import BLUE, GREY, ORANGE, label_axis, map_colours
from ..panel import Panel

BOXES_UP_TO = 16  # devices; more are drawn in the order of their medians
NAMED_UP_TO = 8  # outliers
FEWEST_IN_A_BOX = 4  # values; fewer are dots
SHORT = 14  # characters of a device's name


def boxes(found: ByDevice) -> Panel:
    """Draw a box of each device's values (median, quartiles, whiskers to 1.5 of their range).

    Single values are dots. Devices that fall out are orange and named. Many devices are drawn by
    their medians in rising order, with the range of their values.
    """
    many = len(found.values) > BOXES_UP_TO
    medians = found.medians
    devices = sorted(medians, key=lambda name: medians[name]) if many else list(medians)
    out = set(found.outliers)
    every = np.concatenate([np.array(values) for values in found.values.values()])
    names = _short_names(devices)

    def paint(axes: Axes) -> None:
        for place, device in enumerate(devices):
            values, colour = np.array(found.values[device]), ORANGE if device in out else BLUE
            if many:
                ends = [values.min(), values.max()]
                axes.plot([place, place], ends, color=colour, linewidth=0.6)
                axes.plot(place, medians[device], ".", color=colour, markersize=3)
            else:
                _paint_box(axes, place, values, colour)
        axes.set_xlim(-0.7, len(devices) - 0.3)
        if many:
            axes.set_xlabel(f"Devices, by median ({len(devices)})")
            for number, device in enumerate(each for each in devices if each in out):
                if number < NAMED_UP_TO:
                    at = devices.index(device)
                    side = "left" if at < len(devices) / 2 else "right"
                    axes.annotate(device, (at, medians[device]), fontsize=5, ha=side, va="bottom")
        else:
            axes.set_xticks(range(len(devices)), names, rotation=45, ha="right")
        if found.unit:
            label_axis(axes, "y", found.name, found.unit, every)
        else:
            axes.set_ylabel(f"{found.name} (1)")
        axes.set_title(_outlier_text(found), loc="left", fontsize="small", color=ORANGE)

    lines = 0 if many else max(map(len, names)) // 3
    return Panel(_slug(found.name), found.name, _table(found), paint, lines_below=lines)


def _short_names(devices: Sequence[str]) -> list[str]:
    """Return the beginnings of the names or, where those are alike, their ends or the names."""
    starts = [name if len(name) <= SHORT else f"{name[:SHORT]}…" for name in devices]
    ends = [name if len(name) <= SHORT else f"…{name[-SHORT:]}" for name in devices]
    different = (names for names in (starts, ends) if len(set(names)) == len(names))
    return next(different, list(devices))


def device_map(found: ByDevice, positions: Mapping[str, Position]) -> Panel:
    """Draw the median of each device where it sits; devices that fall out are ringed.

    Raises AnalysisError if fewer than two devices have a position, or two have the same.
    """
    placed = {device: positions[device] for device in found.values if device in positions}
    if len(placed) < 2:
        raise AnalysisError(
            "No map: the devices have no positions; name them by row and column, such as R3C7."
        )
    if len(set(placed.values())) < len(placed):
        raise AnalysisError("No map: two devices have the same row and column; map one array.")
    rows, columns = np.array(list(placed.values())).T
    top, left = int(rows.min()), int(columns.min())
    values = np.full((int(rows.max()) - top + 1, int(columns.max()) - left + 1), np.nan)
    medians = found.medians
    values[rows - top, columns - left] = [medians[device] for device in placed]
    ringed = np.array([placed[device] for device in found.outliers if device in placed])

    def paint(axes: Axes) -> None:
        extent = (left - 0.5, columns.max() + 0.5, rows.max() + 0.5, top - 0.5)
        image = axes.imshow(
            values, extent=extent, aspect="auto", interpolation="nearest", cmap=map_colours()
        )
        bar = axes.figure.colorbar(image, ax=axes)
        if found.unit:
            label_axis(bar.ax, "y", found.name, found.unit, values)
        else:
            bar.set_label(f"{found.name} (1)")
        if len(ringed):
            axes.plot(
                ringed[:, 1], ringed[:, 0], "o", markersize=7, color=ORANGE, markerfacecolor="none"
            )
        axes.set_xlabel("Column")
        axes.set_ylabel("Row")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(True)

    data = pd.DataFrame(
        {
            "device": list(placed),
            "row": rows,
            "column": columns,
            "median": [medians[device] for device in placed],
            "unit": found.unit,
        }
    )
    return Panel(f"map-{_slug(found.name)}", f"Map: {found.name}", data, paint)


def _paint_box(axes: Axes, place: int, values: np.ndarray, colour: str) -> None:
    if len(values) < FEWEST_IN_A_BOX:
        axes.plot([place] * len(values), values, "o", color=colour, markersize=3)
        return
    line = {"color": colour, "linewidth": 0.8}
    axes.boxplot(
        [values],
        positions=[place],
        widths=0.6,
        manage_ticks=False,
        boxprops=line,
        whiskerprops=line,
        capprops=line,
        medianprops={"color": colour, "linewidth": 1.6},
        flierprops={"marker": ".", "markersize": 3, "markeredgecolor": GREY},
    )


def _outlier_text(found: ByDevice) -> str:
    named = found.outliers[:NAMED_UP_TO]
    more = len(found.outliers) - len(named)
    return f"falls out: {', '.join(named)}{f' and {more} more' if more else ''}" if named else ""


def _slug(name: str) -> str:
    return "-".join("".join(each if each.isalnum() else " " for each in name.lower()).split())


def _table(found: ByDevice) -> pd.DataFrame:
    out = set(found.outliers)
    rows = [
        {"device": device, "unit": found.unit, "value": value, "falls_out": device in out}
        for device, values in found.values.items()
        for value in values
    ]
    return pd.DataFrame(rows)
