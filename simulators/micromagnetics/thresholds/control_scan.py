"""Thresholds and barriers of one notch in tracks that differ in some controls.

A variant without a threshold, or without a path out of the notch, is no reason to give the others
up: what it lacks is None, and the reasons are kept beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..barriers.notch_barriers import NotchBarriers, notch_barriers
from ..errors import MicromagneticsError
from .bracket import Bracket, bisect
from .controls import SPIN_HALL_ANGLE, Variant, label_of
from .notch import NotchStudy
from .search import Memory, PrefixedMemory, Progress, Search

Found = TypeVar("Found")
_ROOM = 5.0
"""Wall widths between a wall that is to run up and the notch before it."""


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """What was found of the notch of a variant, currents at the width and the θ of the variant."""

    variant: Variant
    run_up: Bracket | None
    pulse: Bracket | None
    barriers: NotchBarriers | None
    failures: tuple[str, ...]
    """Why something is None."""
    is_derived: bool
    """Scaled from the drawn spin-Hall angle."""


def control_scan(
    variants: Sequence[Variant], search: Search, memory: Memory, progress: Progress
) -> list[ControlPoint]:
    """Return thresholds and barriers of the first notch of each variant; see `variants_of`.

    The currents to search between are those at the drawn spin-Hall angle. Raises
    MicromagneticsError if nothing at all was found.
    """
    films: dict[str, ControlPoint] = {}
    points = []
    for variant in variants:
        name = film_name(variant)
        if name not in films:
            films[name] = _film_point(
                variant, search, PrefixedMemory(memory, f"{name}: "), progress
            )
        points.append(_scaled(films[name], variant))
    if not any(point.pulse or point.run_up or point.barriers for point in points):
        raise MicromagneticsError(f"{points[0].variant.label}: {points[0].failures[0]}")
    return points


def film_name(variant: Variant) -> str:
    """Return a name of what is simulated, which variants share whose thresholds scale."""
    scales = variant.film.torque is not None and variant.film.torque.field_like_angle == 0
    return label_of(
        {
            name: value
            for name, value in variant.values.items()
            if not (scales and name == SPIN_HALL_ANGLE)
        }
    )


def _film_point(
    variant: Variant, search: Search, memory: Memory, progress: Progress
) -> ControlPoint:
    failures: list[str] = []

    def tried(compute: Callable[[], Found]) -> Found | None:
        try:
            return compute()
        except MicromagneticsError as error:
            if str(error) not in failures:
                failures.append(str(error))
            return None

    run_up = pulse = barriers = None
    study = NotchStudy(variant.film, variant.track, 1, search, memory, progress)
    if tried(study.at_rest) is not None:
        run_up = tried(lambda: _run_up(variant, search, memory, progress))
        between, tolerance = search.between_A_per_m2, search.tolerance
        pulse = tried(lambda: bisect(study.pulse, between, tolerance))
        found = tried(lambda: notch_barriers(variant.film, variant.track, memory, progress, only=1))
        barriers = found[0] if found else None
    return ControlPoint(variant, run_up, pulse, barriers, tuple(failures), is_derived=False)


def _run_up(variant: Variant, search: Search, memory: Memory, progress: Progress) -> Bracket:
    """Return the run-up threshold, of a run that starts beyond the notch before."""
    pitch_m, track = variant.values.get("pitch_m"), variant.track
    if pitch_m is not None:
        room_m = _ROOM * variant.film.material.wall_width_m
        free_m = float(pitch_m) - track.notches[0].half_width_m - room_m
        if free_m < room_m:
            raise MicromagneticsError("The notch before leaves no room for a run-up.")
        search = replace(search, run_up_m=min(search.run_up_m, free_m))
    study = NotchStudy(variant.film, track, 1, search, memory, progress)
    return bisect(study.run_up, search.between_A_per_m2, search.tolerance)


def _scaled(point: ControlPoint, variant: Variant) -> ControlPoint:
    factor = variant.per_drawn_current
    return replace(
        point,
        variant=variant,
        run_up=_times(point.run_up, factor),
        pulse=_times(point.pulse, factor),
        is_derived=factor != 1.0,
    )


def _times(bracket: Bracket | None, factor: float) -> Bracket | None:
    if bracket is None:
        return None
    ends = (
        replace(end, current_A_per_m2=factor * end.current_A_per_m2)
        for end in (bracket.held, bracket.lost)
    )
    return Bracket(*ends)
