"""Files of `dwmtj micromag design`: thresholds against depth as CSV and PNG."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...simulators.micromagnetics import DepthPoint
from ...storage import atomic_write

Floats = npt.NDArray[np.float64]


def write_table(path: Path, points: list[DepthPoint], slopes: Floats, spread_m: float) -> Path:
    """Write a row for each depth, in SI units."""
    with atomic_write(path) as draft, draft.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["depth_m", "pulse_A_per_m2", "pulse_half_width_A_per_m2", "run_up_A_per_m2",
             "run_up_half_width_A_per_m2", "pulse_slope_A_per_m3", "pulse_spread_A_per_m2"]
        )  # fmt: skip
        for point, slope in zip(points, slopes, strict=True):
            brackets = (point.pulse, point.run_up)
            numbers = [
                number
                for bracket in brackets
                for number in (bracket.middle_A_per_m2, bracket.half_width_A_per_m2)
            ]
            row = [point.depth_m, *numbers, slope, abs(slope) * spread_m]
            rows.writerow([f"{number:.6g}" for number in row])
    return path


def write_figure(path: Path, points: list[DepthPoint], slopes: Floats, spread_m: float) -> Path:
    """Draw both thresholds against depth, with the band that the spread of depths makes of one."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    depth_nm = np.array([point.depth_m for point in points]) * 1e9
    figure = Figure(figsize=(5, 3.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, brackets in (
        ("pulse on a wall at rest", [point.pulse for point in points]),
        ("run-up", [point.run_up for point in points]),
    ):
        middle = np.array([bracket.middle_A_per_m2 for bracket in brackets]) / 1e12
        half_width = np.array([bracket.half_width_A_per_m2 for bracket in brackets]) / 1e12
        axes.errorbar(depth_nm, middle, half_width, fmt="o-", ms=4, capsize=3, label=name)
    pulse = np.array([point.pulse.middle_A_per_m2 for point in points]) / 1e12
    band = np.abs(slopes) * spread_m / 1e12
    label = f"pulse, depths ± {spread_m * 1e9:g} nm"
    axes.fill_between(depth_nm, pulse - band, pulse + band, alpha=0.2, label=label)
    axes.set(xlabel="depth of the notch (nm)", ylabel="threshold J (10¹² A/m²)", ylim=(0, None))
    axes.legend(frameon=False)
    with atomic_write(path) as draft:
        figure.savefig(draft, format="png")
    return path
