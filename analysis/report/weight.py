"""Tables of the weight update: nonlinearity and asymmetry, and the energy of pulses and moves."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...arrays import Floats
from ..figures.house import prefix_for
from ..levels.find import Level
from ..weight.curves import asymmetry_of, measure_updates
from ..weight.energy import Track, measure_update_energy, median_ci
from .table import Table, format_estimate

CURVES, ENERGY = "Potentiation and depression", "Update energy"


def update_table(points: pd.DataFrame) -> Table:
    """Return nonlinearity and asymmetry; raises AnalysisError if there is no update."""
    updates = measure_updates(points)
    rows = tuple(
        (
            update.ramps.direction,
            update.ramps.pulses_text,
            str(len(update.ramps.conductance_S)),
            str(update.curve.pulses),
            format_estimate(update.curve.nonlinearity) if update.describes else "–",
            f"{update.curve.residual * 100:.1f}",
        )
        for update in updates
    )
    columns = (
        "direction",
        "pulses of",
        "ramps",
        "pulses",
        "nonlinearity (NeuroSim)",
        "residual (% of range)",
    )
    remarks = [
        f"{each.ramps.direction.capitalize()}, {each.ramps.pulses_text}: no nonlinearity, for "
        f"{each.problem}."
        for each in updates
        if each.problem
    ]
    difference = asymmetry_of(updates)
    if difference is not None and all(each.describes for each in updates):
        remarks.append(f"Asymmetry (potentiation less depression): {format_estimate(difference)}.")
    if any(len(each.ramps.conductance_S) == 1 for each in updates):
        remarks.append("One ramp has no spread from ramp to ramp: its interval is that of its fit.")
    if not all(each.ramps.equal_pulses for each in updates):
        remarks.append("Amplitudes change from pulse to pulse; NeuroSim's label means equal ones.")
    short = sum(each.ramps.of_other_length for each in updates)
    if short:
        remarks.append(f"{short} ramps of another length are left out.")
    return Table(CURVES, columns, rows, tuple(remarks))


def energy_table(points: pd.DataFrame, levels: Sequence[Level], track: Track) -> Table:
    """Return median and range of the energy of pulses and of moves; raises AnalysisError."""
    found = measure_update_energy(points, levels, track)
    moves, up = found.moves, found.amplitude_V > 0
    deeper = moves.after > moves.before
    parts = [
        ("pulse, positive", found.pulse_J[up]),
        ("pulse, negative", found.pulse_J[~up]),
        ("move to a lower resistance", moves.energy_J[deeper]),
        ("move to a higher resistance", moves.energy_J[~deeper]),
    ]
    if not len(moves.energy_J):
        parts = parts[:2]
    power, prefix = prefix_for(np.concatenate([part for _, part in parts]))
    rows = tuple(_energy_row(name, part, power) for name, part in parts if len(part))
    columns = ("of a", "number", f"median ({prefix}J)", f"range ({prefix}J)")
    remarks = (
        f"V²t/R with R = {track.resistance_ohm:.4g} Ω ({track.source}), constant; V as applied, t "
        "from width and edges; a move costs the pulses that failed before it, too. Instruments and "
        "magnet are not counted.",
    )
    return Table(ENERGY, columns, rows, remarks)


def _energy_row(name: str, energy_J: Floats, power: int) -> tuple[str, ...]:
    scale = 10.0**-power
    median = median_ci(energy_J)
    ends = [f"{end * scale:.3g}" for end in (energy_J.min(), energy_J.max())]
    if median.low == median.high:  # most pulses were alike
        shown = f"{median.value * scale:.3g}"
    else:
        shown = format_estimate(median, scale)
    return name, str(len(energy_J)), shown, " to ".join(dict.fromkeys(ends))
