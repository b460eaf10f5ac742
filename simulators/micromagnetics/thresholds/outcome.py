"""The outcome of a constant current: the wall held, gone, still creeping, or no longer one wall."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..dynamics.simulation import Simulation

Reals = npt.NDArray[np.floating]
Ending = Literal["held", "left", "creeping", "broken"]
Watch = Callable[[float, float], None]
"""Takes the time since the current was switched on, in s, and the wall's position in m."""

SAMPLE_s = 0.25e-9
REST_s = 1.5e-9
REST_m = 0.12e-9


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one run at one current density."""

    current_A_per_m2: float
    ending: Ending
    """left: beyond the distance asked for; creeping: neither left nor at rest when time was up;
    broken: the film holds more than one wall."""
    duration_s: float
    position_m: float
    lower_m: float
    """Position at the lower edge."""
    upper_m: float
    """Position at the upper edge."""
    m: Reals
    """The magnetisation at the end, shape (3, nx, ny)."""


def follow(
    simulation: Simulation,
    current_A_per_m2: float,
    beyond_m: float,
    longest_s: float,
    watch: Watch,
    *,
    stops_at_rest: bool = True,
) -> Outcome:
    """Run under a constant current until the wall is beyond a position, at rest, or time is up.

    At rest is a wall that moves less than 0.12 nm in 1.5 ns.
    """
    begin_s = simulation.time_s
    positions_m = [simulation.wall.position_m]
    samples = round(REST_s / SAMPLE_s)
    ending: Ending = "creeping"
    while (elapsed_s := simulation.time_s - begin_s) < longest_s * (1 - 1e-9):
        simulation.run(min(SAMPLE_s, longest_s - elapsed_s), current_A_per_m2)
        wall = simulation.wall
        watch(simulation.time_s - begin_s, wall.position_m)
        positions_m.append(wall.position_m)
        if not wall.is_single:
            ending = "broken"
        elif wall.position_m > beyond_m:
            ending = "left"
        elif len(positions_m) > samples and np.ptp(positions_m[-samples - 1 :]) < REST_m:
            ending = "held"
        if ending in ("broken", "left") or (ending == "held" and stops_at_rest):
            break
    wall = simulation.wall
    return Outcome(
        current_A_per_m2,
        ending,
        simulation.time_s - begin_s,
        wall.position_m,
        wall.lower_m,
        wall.upper_m,
        simulation.m.copy(),
    )
