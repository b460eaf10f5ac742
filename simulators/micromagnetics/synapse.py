"""A track as a synapse: for each notch the pulses that free a wall at rest, and the barriers.

Thresholds are those of a square pulse on a wall that relaxed in the notch, in both directions;
towards smaller x they are those of the mirrored film. A notch gives a level only if the wall that
the notch before it lets go is held there: `check_levels` follows it.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .barriers.notch_barriers import NotchBarriers, expected_paths, notch_barriers
from .constants import BOLTZMANN_J_per_K
from .dynamics.simulation import Simulation
from .errors import MicromagneticsError
from .film import Film
from .geometry.cells import MaskRule, cells_of
from .geometry.track import Track
from .thresholds.bracket import Bracket, bisect, bisections
from .thresholds.mirrored import mirrored_film, mirrored_track
from .thresholds.notch import NotchStudy
from .thresholds.outcome import Outcome
from .thresholds.search import Memory, PrefixedMemory, Progress, Search
from .wall import straight_wall

LOWEST_BARRIER = 20.0
"""In k_B T: at 1 GHz a wall leaves in half a second, and a level is no level."""
_ACCELERATION_s = 0.5e-9
_START = 0.25  # of the length, for the velocity


@dataclass(frozen=True, slots=True)
class Freed:
    """A threshold, and where the smallest pulse beyond it leaves the wall."""

    threshold: Bracket
    after_pulse: Outcome
    """After the rest, in the coordinates of the film or of its mirror image."""


@dataclass(frozen=True, slots=True)
class SynapseNotch:
    """One notch, numbered from 1 in the order of the track's list."""

    notch: int
    position_m: float
    """Mean position of the wall at rest in it."""
    forward: Freed
    """By a pulse towards larger x."""
    backward: Freed
    """By a pulse towards smaller x, J in magnitude."""
    barriers: NotchBarriers
    at_rest: Outcome


@dataclass(frozen=True, slots=True)
class Synapse:
    """The notches of a track in order along it, and how fast the wall moves between them."""

    notches: tuple[SynapseNotch, ...]
    mobility_m3_per_A_s: float
    """Velocity per current density at the middle threshold, in the track without notches."""


def synapse_of(
    film: Film, track: Track, mask: MaskRule, search: Search, memory: Memory, progress: Progress
) -> Synapse:
    """Return thresholds and barriers of all notches.

    Raises MicromagneticsError for a track without notches, a notch that holds no wall at rest,
    thresholds outside the currents to search between, and a path that does not converge.
    """
    if not track.notches:
        raise MicromagneticsError("The track has no notch that could hold a wall: add one.")
    barriers = notch_barriers(film, track, memory, progress)
    mirror = PrefixedMemory(memory, "mirrored, ")
    back_film, back_track = mirrored_film(film), mirrored_track(track)
    found = []
    for number, notch in enumerate(track.notches, start=1):
        study = NotchStudy(film, track, number, search, memory, progress)
        back = NotchStudy(back_film, back_track, number, search, mirror, progress)
        at_rest = study.at_rest()
        found.append(
            (
                notch.position_m,
                SynapseNotch(
                    number,
                    at_rest.position_m,
                    _freed(study, search),
                    _freed(back, search),
                    barriers[number - 1],
                    at_rest,
                ),
            )
        )
    notches = tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))
    middle = notches[len(notches) // 2].forward.threshold.middle_A_per_m2
    return Synapse(notches, _mobility(film, track, mask, search, middle, memory, progress))


def expected_synapse_runs(track: Track, search: Search) -> int:
    """Return how many runs and paths `synapse_of` takes, about."""
    per_notch = 2 * (2 * bisections(search.between_A_per_m2, search.tolerance) + 4)
    return per_notch * len(track.notches) + expected_paths([track]) + 1


def check_levels(synapse: Synapse, temperature_K: float, attempt_rate_Hz: float) -> None:
    """Raise MicromagneticsError unless rising pulses put the wall into one notch after another.

    And unless each notch keeps it: a barrier of less than 20 k_B T is no level.
    """
    for one in synapse.notches:
        height = one.barriers.lowest_J / (BOLTZMANN_J_per_K * temperature_K)
        if height < LOWEST_BARRIER:
            dwell_s = one.barriers.dwell_time_s(temperature_K, attempt_rate_Hz)
            raise MicromagneticsError(
                f"Notch {one.notch} keeps a wall for {dwell_s:.2g} s only (barrier of {height:.1f} "
                f"k_B T at {temperature_K:g} K, retention needs {LOWEST_BARRIER:g}): make it "
                "deeper or the film thicker."
            )
    for one, following in pairwise(synapse.notches):
        after = one.forward.after_pulse
        current = f"{after.current_A_per_m2 / 1e12:.3f}e12 A/m²"
        half_way_m = (one.position_m + following.position_m) / 2
        if after.position_m < half_way_m:
            raise MicromagneticsError(
                f"A pulse of {current} frees the wall from notch {one.notch} but ends before it is "
                f"at notch {following.notch} (it stays at {after.position_m * 1e9:.0f} nm): "
                "lengthen pulse_s or rest_s in [search]."
            )
        beyond_m = following.position_m + (following.position_m - half_way_m)
        if after.ending == "broken" or after.position_m > beyond_m:
            raise MicromagneticsError(
                f"A pulse of {current}, which frees the wall from notch {one.notch}, drives it "
                f"through notch {following.notch} (to {after.position_m * 1e9:.0f} nm): no pulse "
                "writes that level. Grade the depths more steeply or widen the track towards its "
                "end, so that each notch holds a wall that arrives at speed."
            )


def _freed(study: NotchStudy, search: Search) -> Freed:
    study.at_rest()
    threshold = bisect(study.pulse, search.between_A_per_m2, search.tolerance)
    return Freed(threshold, study.full_pulse(threshold.lost.current_A_per_m2).after_rest)


def _mobility(
    film: Film, track: Track, mask: MaskRule, search: Search, current: float, memory: Memory,
    progress: Progress,
) -> float:  # fmt: skip
    part = f"velocity, {current:.9e}"
    kept = memory.find(part)
    if kept is not None:
        return float(kept)
    progress("velocity between the notches", 0)
    plain = replace(film, cells=cells_of(replace(track, notches=()), film.cells.cell_m, mask))
    simulation = Simulation(plain, straight_wall(plain, _START * plain.length_m), search.accuracy)
    simulation.run(_ACCELERATION_s, current)
    before_m = simulation.wall.position_m
    simulation.run(_ACCELERATION_s, current)
    wall = simulation.wall
    if not wall.is_single or wall.position_m >= plain.length_m * (1 - 1e-9):
        raise MicromagneticsError(
            "The wall leaves the track before its velocity is read: lengthen the track."
        )
    middle_m = (before_m + wall.position_m) / 2
    local = current * float(np.interp(middle_m, plain.cells.x_m, plain.relative_current))
    mobility = (wall.position_m - before_m) / _ACCELERATION_s / local
    if not mobility > 0:
        raise MicromagneticsError(
            "The wall moves against the current that frees it: check the signs of the spin-Hall "
            "angle, of D and of the polarization."
        )
    memory.keep(part, mobility)
    progress(part, 1)
    return mobility
