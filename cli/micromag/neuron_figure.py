"""The figure of `dwmtj micromag neuron`: the transfer curve."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...analysis.figures.house import BLUE, GREY, ORANGE
from ...analysis.figures.panel import Panel
from ...simulators.micromagnetics import TransferCurve


def neuron_table(curve: TransferCurve) -> pd.DataFrame:
    """Return a row for each pulse."""
    current_norm, conductance_norm = curve.normalised
    return pd.DataFrame(
        {
            "current_A_per_m2": curve.current_A_per_m2,
            "position_m": curve.position_m,
            "conductance": curve.conductance,
            "J_norm": current_norm,
            "G_norm": conductance_norm,
            "fit": curve.fitted(current_norm),
        }
    )


def neuron_panel(curve: TransferCurve) -> Panel:
    """Draw G_norm against J_norm with its polynomial."""

    def paint(axes: Axes) -> None:
        dense = np.linspace(0, 1, 101)
        axes.plot(dense, dense, color=GREY, linestyle="--", linewidth=0.8, label="straight line")
        axes.plot(dense, curve.fitted(dense), color=BLUE, label="polynomial")
        axes.plot(*curve.normalised, "o", color=ORANGE, label="end of each pulse")
        low, high = curve.current_A_per_m2[[0, -1]] / 1e12
        axes.set(xlabel=f"J_norm ({low:g} to {high:g} × 10¹² A/m²)", ylabel="G_norm")
        axes.legend()

    return Panel("neuron", "Transfer curve of a neuron", neuron_table(curve), paint)
