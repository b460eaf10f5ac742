"""The state-distribution map: how likely each level is after a pulse of each amplitude."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...arrays import Floats
from ..errors import AnalysisError
from ..formatting import decimals_for
from ..levels.find import Level
from ..levels.state_map import StateMap, state_maps
from .house import colours, prefix_for
from .panel import Panel

NAMED_UP_TO = 12  # levels in the legend; of more, a few


def distribution_map(
    points: pd.DataFrame, levels: Sequence[Level], phase: str | None = None
) -> Panel:
    """Draw P(level | amplitude) of one phase, by default the first; the data have its intervals.

    Raises AnalysisError for a phase that is not there or was measured once only.
    """
    maps = {found.phase: found for found in state_maps(points, levels)}
    chosen = next(iter(maps)) if phase is None else phase
    if chosen not in maps:
        raise AnalysisError(f"The run has no phase '{chosen}'; it has {', '.join(maps)}.")
    found = maps[chosen]
    most = int(found.trials.max())
    if most < 2:
        raise AnalysisError(
            f"No amplitude of the phase {chosen} was fired twice, so there are no shares to show; "
            "measure at least 2 cycles."
        )

    power, prefix = prefix_for([level.mean_ohm for level in levels])
    apart = decimals_for((levels[0].mean_ohm - levels[-1].mean_ohm) / 10 / 10.0**power)
    every = -(-len(levels) // NAMED_UP_TO)

    def paint(axes: Axes) -> None:
        amplitude, shares = _to_the_edges(found)
        axes.stackplot(
            amplitude,
            shares.T,
            colors=colours(len(levels)),
            labels=[
                f"{level.mean_ohm / 10.0**power:.{apart}f}" if number % every == 0 else "_"
                for number, level in enumerate(levels)
            ],
            step="mid",
            linewidth=0,
        )
        ends = (amplitude[0], amplitude[-1])
        axes.set_xlim(ends if abs(ends[0]) < abs(ends[1]) else ends[::-1])
        axes.set_ylim(0, 1)
        axes.set_xlabel("Pulse amplitude (V)")
        axes.set_ylabel(f"Probability ({most} cycles)")
        axes.legend(
            loc="upper left", bbox_to_anchor=(1.0, 1.02), title=f"Level ({prefix}Ω)", reverse=True
        )

    title = f"State distribution, {chosen}"
    return Panel(f"state-distribution-{chosen}", title, _table(found, levels), paint)


def _to_the_edges(found: StateMap) -> tuple[Floats, Floats]:
    """Return amplitudes and shares with half a step added at both ends: columns of full width."""
    amplitude, shares = found.amplitudes_V, found.share
    if len(amplitude) == 1:
        return amplitude + np.array([-0.5, 0.5]), np.repeat(shares, 2, axis=0)
    low, high = np.diff(amplitude[:2])[0] / 2, np.diff(amplitude[-2:])[0] / 2
    wider = np.r_[amplitude[0] - low, amplitude, amplitude[-1] + high]
    return wider, np.concatenate([shares[:1], shares, shares[-1:]])


def _table(found: StateMap, levels: Sequence[Level]) -> pd.DataFrame:
    amplitudes, count = len(found.amplitudes_V), len(levels)
    return pd.DataFrame(
        {
            "amplitude_V": np.repeat(found.amplitudes_V, count),
            "level": np.tile(np.arange(count), amplitudes),
            "resistance_ohm": np.tile([level.mean_ohm for level in levels], amplitudes),
            "pulses": np.repeat(found.trials, count),
            "probability": found.share.ravel(),
            "low_95": found.low.ravel(),
            "high_95": found.high.ravel(),
        }
    )
