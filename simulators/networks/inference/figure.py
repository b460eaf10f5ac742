"""The figure of inference on devices: accuracy against notches, one line for each error."""

import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREY, ORANGE
from ....analysis.figures.panel import Panel
from .result import Inference

OTHERS = ("s", "^", "v", "P", "X")  # markers of multiples of the error, the largest first


def inference_table(inference: Inference) -> pd.DataFrame:
    """Return a row for each cell; accuracies and intervals are shares from 0 to 1."""
    return pd.DataFrame(
        [
            {
                "notches": cell.notches,
                "noise": cell.noise,
                "programmings": len(cell.accuracies),
                "accuracy": cell.mean,
                "accuracy_std": cell.std,
                "accuracy_half_width": cell.half_width,
                "accuracy_drop": cell.accuracy_drop,
                "accuracy_drop_half_width": cell.accuracy_drop_half_width,
                "accuracy_trained": inference.accuracy_trained,
                "images": inference.images,
            }
            for cell in inference.cells
        ]
    )


def noise_name(noise: float) -> str:
    """Return the name of a multiple of the measured error."""
    return {0.0: "no error", 1.0: "measured error"}.get(noise, f"{noise:g} × the error")


def inference_panel(name: str, inference: Inference) -> Panel:
    """Draw mean and standard deviation over programmings, and the trained network's accuracy."""
    table = inference_table(inference)

    def paint(axes: Axes) -> None:
        trained = 100 * inference.accuracy_trained
        axes.axhline(trained, color=GREY, linestyle="--", linewidth=0.8, label="as trained")
        others = sorted(set(table["noise"]) - {0.0, 1.0}, reverse=True)
        for noise, cells in table.groupby("noise"):
            is_exact = noise == 0
            other = OTHERS[others.index(noise) % len(OTHERS)] if noise in others else None
            axes.errorbar(
                cells["notches"],
                100 * cells["accuracy"],
                None if is_exact else 100 * cells["accuracy_std"],
                color=BLUE if is_exact else ORANGE,
                linestyle="-" if other is None else ":",
                marker="o" if is_exact else other or "D",
                markerfacecolor="none" if is_exact else None,
                markersize=5 if is_exact else 3,
                label=noise_name(float(str(noise))),
            )
        axes.set_xscale("log", base=2)
        ticks = sorted(table["notches"].unique())
        axes.set_xticks(ticks, [str(count) for count in ticks])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("Notches of a device")
        axes.set_ylabel("Test accuracy (%)")
        axes.legend(loc="best")

    return Panel(f"{name}-inference", f"Inference of {name} on devices", table, paint)
