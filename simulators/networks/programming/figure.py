"""The figure of writing a network: share of devices not at their level against pulses."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, ORANGE
from ....analysis.figures.panel import Panel
from .result import Programmed, Writing


def programming_table(programmed: Programmed) -> pd.DataFrame:
    """Return a row for each way and number of pulses: devices that took this many, and the share of
    all devices that are not at their level after them."""
    return pd.concat([_rows(writing) for writing in programmed.writings], ignore_index=True)


def programming_panel(name: str, programmed: Programmed) -> Panel:
    """Draw the shares of devices that are not at their level."""
    table = programming_table(programmed)

    def paint(axes: Axes) -> None:
        shot, verified = (writing.name for writing in programmed.writings)
        steps = table[(table["writing"] == verified) & (table["share_not_at_level"] > 0)]
        axes.step(
            steps["pulses"],
            100 * steps["share_not_at_level"],
            where="post",
            color=BLUE,
            label=verified,
        )
        once = table[table["writing"] == shot].tail(1)
        axes.plot(
            once["pulses"],
            100 * once["share_not_at_level"],
            "D",
            color=ORANGE,
            markersize=4,
            label=shot,
        )
        axes.set_yscale("log")
        axes.set_xlabel("Pulses fired at a device")
        axes.set_ylabel("Devices not at their level (%)")
        axes.legend(loc="best")

    return Panel(f"{name}-programming", f"Writing {name} onto devices", table, paint)


def _rows(writing: Writing) -> pd.DataFrame:
    """Return its rows; a device with fewer pulses than n is at its level, or was given up."""
    devices = writing.histogram
    done = np.cumsum(devices) / writing.devices
    open_share = np.maximum(1 - done, 1 - writing.share_at_level)
    if not writing.is_read:
        open_share = np.where(np.arange(len(devices)) == 0, open_share, 1 - writing.share_at_level)
    return pd.DataFrame(
        {
            "writing": writing.name,
            "pulses": np.arange(len(devices)),
            "devices": devices,
            "share_not_at_level": open_share,
        }
    )
