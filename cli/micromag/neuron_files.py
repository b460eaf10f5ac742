"""Files of `dwmtj micromag neuron`: the transfer curve as JSON and PNG."""

import json
from pathlib import Path

import numpy as np

from ... import __version__
from ...simulators.micromagnetics import NeuronPulse, TransferCurve
from ...storage import atomic_write


def write_result(path: Path, curve: TransferCurve, pulse: NeuronPulse, track_file: str) -> Path:
    """Write the curve in SI units, with the track file and the version that it comes from."""
    current_norm, conductance_norm = curve.normalised
    content = {
        "dwmtj": __version__,
        "track_file": track_file,
        "start_m": pulse.start_m,
        "pulse_s": pulse.duration_s,
        "detector_m": pulse.detector_m,
        "current_A_per_m2": curve.current_A_per_m2.tolist(),
        "position_m": curve.position_m.tolist(),
        "conductance": curve.conductance.tolist(),
        "J_norm": current_norm.tolist(),
        "G_norm": conductance_norm.tolist(),
        "coefficients": curve.coefficients,
    }
    with atomic_write(path) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def write_figure(path: Path, curve: TransferCurve) -> Path:
    """Draw G_norm against J_norm with its polynomial."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    dense = np.linspace(0, 1, 101)
    axes.plot(dense, dense, ":", color="0.6", label="straight line")
    axes.plot(dense, curve.fitted(dense), label="polynomial")
    axes.plot(*curve.normalised, "o", ms=4, color="k", label="end of each pulse")
    low, high = curve.current_A_per_m2[[0, -1]] / 1e12
    axes.set(xlabel=f"J_norm ({low:g} to {high:g} × 10¹² A/m²)", ylabel="G_norm")
    axes.legend(frameon=False)
    with atomic_write(path) as draft:
        figure.savefig(draft, format="png")
    return path
