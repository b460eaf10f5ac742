"""Update energy: heat in the track for each move from level to level, and of single pulses."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...errors import AnalysisError
from ...levels.find import Level
from ...weight.energy import Track, UpdateEnergy, measure_update_energy, median_ci
from ..house import BLUE, GREY, label_axis, legend_below
from ..panel import Panel

DOTS_UP_TO = 200  # moves of one kind; of more, their range
NAMED_UP_TO = 12  # kinds of moves on the axis
TILTED_FROM = 6
HEADROOM = 1.08  # above the largest energy, of its distance from zero


def update_energy(points: pd.DataFrame, levels: Sequence[Level], track: Track) -> Panel:
    """Draw the energy of every move, kind by kind, with its median and 95 % interval.

    Raises AnalysisError as `measure_update_energy` does, or if no pulse moved the wall.
    """
    found = measure_update_energy(points, levels, track)
    moves = found.moves
    if not len(moves.energy_J):
        raise AnalysisError("No pulse moved the wall, so no move has an energy.")
    kinds = sorted(set(zip(moves.before.tolist(), moves.after.tolist(), strict=True)), key=_order)
    rng = np.random.default_rng(0)

    def paint(axes: Axes) -> None:
        bounded = False
        for place, (before, after) in enumerate(kinds):
            energy_J = moves.energy_J[(moves.before == before) & (moves.after == after)]
            bounded |= _paint(axes, place, energy_J, rng)
        every = -(-len(kinds) // NAMED_UP_TO)
        names = [f"{before} → {after}" for before, after in kinds]
        tilted = len(kinds) > TILTED_FROM
        axes.set_xticks(range(0, len(kinds), every), names[::every], rotation=45 * tilted)
        axes.set_xlim(-0.6, len(kinds) - 0.4)
        axes.set_xlabel("Move (level → level)")
        label_axis(axes, "y", "Energy of a move", "J", moves.energy_J)
        if axes.get_yscale() == "linear":
            axes.set_ylim(0, HEADROOM * moves.energy_J.max())
        axes.plot([], [], " ", label=f"V²t/R, R = {track.resistance_ohm:.4g} Ω ({track.source})")
        axes.plot([], [], color=BLUE, label="median" + ", 95 % interval" * bounded)
        legend_below(axes, lines_above=2.0 * tilted, ncols=2)

    title = "Energy of the weight update"
    return Panel("energy", title, _table(found), paint, lines_below=1)


def _paint(axes: Axes, place: int, energy_J: np.ndarray, rng: np.random.Generator) -> bool:
    """Draw the moves of one kind; return True if they are enough for an interval."""
    if len(energy_J) <= DOTS_UP_TO:
        x = place + rng.uniform(-0.15, 0.15, len(energy_J))
        axes.plot(x, energy_J, ".", color=GREY, alpha=0.6, markersize=3)
    else:
        axes.plot([place, place], [energy_J.min(), energy_J.max()], color=GREY, linewidth=0.6)
    median = median_ci(energy_J)
    axes.plot([place - 0.3, place + 0.3], [median.value] * 2, color=BLUE, linewidth=1.4)
    if not np.isfinite(median.low):
        return False
    axes.errorbar(
        [place],
        [median.value],
        [[median.value - median.low], [median.high - median.value]],
        color=BLUE,
        capsize=2,
    )
    return True


def _order(kind: tuple[int, int]) -> tuple[bool, int, int]:
    before, after = kind
    return after < before, before, after


def _table(found: UpdateEnergy) -> pd.DataFrame:
    moves = found.moves
    return pd.DataFrame(
        {
            "from_level": moves.before,
            "to_level": moves.after,
            "pulses": moves.pulses,
            "energy_J": moves.energy_J,
            "track_resistance_ohm": found.track.resistance_ohm,
        }
    )
