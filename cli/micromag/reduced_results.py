"""The numbers of `dwmtj micromag reduced`: probabilities and thresholds of three models."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...analysis.intervals import proportion_ends
from ...simulators.film_device.event_law import EventLaw
from ...simulators.micromagnetics.reduced.depinning import (
    Start,
    freed_walls,
    pulse_threshold_A_per_m2,
)
from ...simulators.micromagnetics.reduced.model import ReducedModel
from ...simulators.micromagnetics.reduced.walls import Pulse

Floats = npt.NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
_COARSE, _FINE, _COARSE_WALLS = 60, 21, 40


@dataclass(frozen=True, slots=True)
class WidthResult:
    """One width of a pulse."""

    width_s: float
    threshold_A_per_m2: float
    """At T = 0, in the reduced model."""
    reduced_levels_A_per_m2: Floats
    """Current densities that free 10, 50 and 90 % of the walls."""
    event_levels_A_per_m2: Floats
    table: pd.DataFrame
    """Probability against current density; columns in `probability_table`."""

    @property
    def event_within(self) -> tuple[int, int]:
        """Of how many current densities the event model lies in the binomial interval."""
        table = self.table
        inside = (table["event"] >= table["reduced_low"]) & (
            table["event"] <= table["reduced_high"]
        )
        return int(inside.sum()), len(table)


def width_result(
    model: ReducedModel,
    start: Start,
    law: EventLaw,
    width_s: float,
    within_A_per_m2: tuple[float, float],
    temperature_K: float,
    walls: int,
    seed: int,
) -> WidthResult:
    """Return the threshold and the probabilities of the reduced and of the event model."""
    pulse = Pulse(width_s)
    threshold = pulse_threshold_A_per_m2(model, start, pulse, within_A_per_m2)
    coarse = np.linspace(0.3 * threshold, 1.3 * threshold, _COARSE)
    freed = freed_walls(model, start, pulse, coarse, temperature_K, _COARSE_WALLS, seed)
    share = freed / _COARSE_WALLS
    first, last = int(np.argmax(share > 0.02)), int(np.flatnonzero(share < 0.98)[-1])
    low, high = coarse[max(0, first - 1)], coarse[min(_COARSE - 1, last + 1)]
    currents = np.linspace(low, high, _FINE)
    freed = freed_walls(model, start, pulse, currents, temperature_K, walls, seed + 1)
    table = probability_table(currents, freed, walls, law, pulse)
    dense = np.linspace(0.2 * threshold, 1.5 * threshold, 20_001)
    return WidthResult(
        width_s,
        threshold,
        level_currents(currents, table["reduced"].to_numpy()),
        level_currents(dense, law.probability(dense, pulse)),
        table,
    )


def probability_table(
    currents: Floats, freed: npt.NDArray[np.int64], walls: int, law: EventLaw, pulse: Pulse
) -> pd.DataFrame:
    """Return probabilities with the 95 % interval of the reduced model's, and the event model's."""
    low, high = proportion_ends(freed, np.full(len(freed), walls))
    return pd.DataFrame(
        {
            "width_s": pulse.width_s,
            "current_A_per_m2": currents,
            "reduced": freed / walls,
            "reduced_low": low,
            "reduced_high": high,
            "event": law.probability(currents, pulse),
        }
    )


def level_currents(currents: Floats, probability: Floats) -> Floats:
    """Return where the probability, made to rise, reaches each of `LEVELS`; else NaN."""
    rising = np.maximum.accumulate(probability)
    found = [
        float(np.interp(level, rising, currents)) if rising[0] <= level <= rising[-1] else np.nan
        for level in LEVELS
    ]
    return np.array(found)
