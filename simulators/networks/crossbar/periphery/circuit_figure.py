"""Figures of the differential circuit: the circuit itself, and what it reads of each weight."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from .....analysis.figures.house import BLUE, GREEN, GREY, ORANGE
from .....analysis.figures.panel import Panel
from .differential_circuit import PairReadout

TRACKS = (("+", 3.0), ("−", 0.9))  # sign of the read voltage, height in the drawing


def readout_table(readout: PairReadout) -> pd.DataFrame:
    """Return a row for each weight of the pair."""
    return pd.DataFrame(
        {
            "weight": readout.weight,
            "positive_S": readout.positive_S,
            "negative_S": readout.negative_S,
            "current_A": readout.current_A,
            "read": readout.read,
            "wrong_sign": readout.wrong_sign,
        }
    )


def circuit_panel(readout: PairReadout) -> Panel:
    """Draw the circuit with the pair at its largest weight, and the paths of reading and writing.

    Walls are where the conductances have them: a junction over a wall conducts in proportion.
    """

    def paint(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_xlim(0, 11.6)
        axes.set_ylim(-0.4, 5.0)
        axes.set_aspect("equal")
        for (sign, height), wall in zip(TRACKS, (1.0, 0.0), strict=True):
            _draw_track(axes, sign, height, wall)
            out = height + 0.49
            axes.plot([5.4, 7.4, 7.4], [out, out, 2.4], color=BLUE, linewidth=1.2)
        axes.plot(
            [7.4, 7.9], [2.4, 2.4], "-o", color=BLUE, markersize=3, markevery=[0], linewidth=1.2
        )
        axes.text(7.3, 2.4, "$I$", ha="right", va="center", color=BLUE)
        corners = [(7.9, 1.6), (7.9, 3.2), (9.3, 2.4)]
        axes.add_patch(Polygon(corners, facecolor="white", edgecolor="black"))
        axes.plot([9.3, 9.8], [2.4, 2.4], color="black", linewidth=1)
        axes.text(9.95, 2.4, "$I$ or\nits sign", va="center", fontsize=7)
        axes.text(8.7, 1.2, "amplifier or\ncomparator", ha="center", va="top", fontsize=7)
        axes.text(2.0, 4.9, "reading", color=BLUE, va="top", fontsize=7)
        axes.text(4.2, 4.9, "write pulse", color=GREEN, va="top", fontsize=7)

    return Panel("differential-circuit", "Differential circuit", readout_table(readout), paint)


def readout_panel(readout: PairReadout) -> Panel:
    """Draw what the circuit reads of each weight beside the mapping of the networks."""
    table = readout_table(readout)

    def paint(axes: Axes) -> None:
        axes.plot([-1, 1], [-1, 1], color=GREY, linewidth=0.8, label="mapping")
        axes.plot(table["weight"], table["read"], "o", color=BLUE, markersize=3, label="circuit")
        signs = table[table["weight"] != 0]
        comparator = (1 - 2 * signs["wrong_sign"]) * signs["weight"].map(
            lambda w: 1 if w > 0 else -1
        )
        axes.plot(
            signs["weight"],
            comparator,
            "s",
            color=ORANGE,
            markerfacecolor="none",
            markersize=3,
            label="comparator (mean)",
        )
        axes.set_xlabel("Weight of the pair")
        axes.set_ylabel("Readout")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)  # above all markers

    return Panel("circuit-readout", "Readout of each weight", table, paint)


def _draw_track(axes: Axes, sign: str, height: float, wall: float) -> None:
    """Draw a tapered track with its junction, and a wall at a share of the junction's length."""
    left, right, low, high = 2.0, 6.0, 0.12, 0.36
    place = 2.6 + 2.8 * wall
    half = low + (high - low) * (place - left) / (right - left)
    before = [
        (left, height - low),
        (left, height + low),
        (place, height + half),
        (place, height - half),
    ]
    after = [
        (place, height - half),
        (place, height + half),
        (right, height + high),
        (right, height - high),
    ]
    axes.add_patch(Polygon(before, facecolor="#BBD3E6", edgecolor="none"))
    axes.add_patch(Polygon(after, facecolor="#E8B79A", edgecolor="none"))
    axes.plot([place, place], [height - half, height + half], color="black", linewidth=1.5)
    axes.add_patch(Rectangle((2.6, height + high), 2.8, 0.26, facecolor=GREY, edgecolor="none"))
    axes.plot([0.9, left], [height + 0.05] * 2, color=BLUE, linewidth=1.2)
    axes.plot([0.9, left], [height - 0.06] * 2, color=GREEN, linewidth=1.2)
    axes.plot([right, 6.6], [height - 0.06] * 2, color=GREEN, linewidth=1.2)
    axes.text(0.8, height, f"{sign}$xV$", ha="right", va="center")
    axes.text(left - 0.15, height - 0.2, "IN", ha="right", va="top", fontsize=6)
    axes.text(6.65, height - 0.06, "CLK", va="center", fontsize=6)
    axes.text(4.0, height + high + 0.36, f"$G_{{{sign}}}$", ha="center", va="bottom")
