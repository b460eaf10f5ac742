"""The panels that a run has points for, and the reasons against the others."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import pandas as pd

from ...storage import Phase
from ..compared.run import ComparedRun
from ..compared.states import measure_bias_dependence
from ..errors import AnalysisError
from ..levels.find import Level, find_levels
from ..levels.grouping.given import Wanted
from ..run_points import reads_between_pulses
from ..switching.cycling import has_single_halves
from ..switching.probability import has_trials, threshold_between
from ..weight.energy import Track
from ..weight.ramps import has_ramps
from .amplitude import resistance_against_amplitude
from .array import array_map, pulses_per_device
from .compared.states import states_against_bias, tmr_against_bias
from .conductance import conductance_histogram
from .depinning import probability_with_law
from .distribution import distribution_map
from .endurance import endurance_makers
from .iv import resistance_against_bias, voltage_against_current
from .loop import minor_loop
from .metaplastic import metaplastic_function
from .panel import Panel
from .probability import probability_against_amplitude
from .series.makers import series_makers
from .train import resistance_against_pulse
from .weight.curves import update_curves
from .weight.energy import update_energy
from .weight.metaplastic import metaplastic_weight

Maker = Callable[[], Panel]


@dataclass(frozen=True, slots=True)
class Panels:
    """The panels of a run, and one sentence for every reason why others are missing."""

    drawn: tuple[Panel, ...]
    absent: tuple[str, ...]


def panels_of(
    points: pd.DataFrame, wanted: Wanted | None = None, track: Track | None = None
) -> Panels:
    """Return every panel that the points of a run have something for.

    `wanted` gives the number of levels, or their resistances (ohm), by hand; with a `track` the
    energy of the update is drawn.
    """
    if "row" in points:
        return _of_an_array(points)
    makers = _without_levels(points)
    try:
        levels = find_levels(points, wanted)
        makers |= _with_levels(points, levels)
        if track is not None:
            makers["update energy"] = partial(update_energy, points, levels, track)
        reasons: dict[str, list[str]] = {}
    except AnalysisError as error:
        reasons = {str(error): ["state distribution", "metaplastic function", "conductances"]}
    drawn = []
    for what, make in makers.items():
        try:
            drawn.append(make())
        except AnalysisError as error:
            reasons.setdefault(str(error), []).append(what)
    return Panels(tuple(drawn), tuple(f"no {_or(what)}: {why}" for why, what in reasons.items()))


def first_panel(points: pd.DataFrame) -> Panel | None:
    """Return the first of the panels of a run, None if it has none; the others are not made."""
    for make in () if "row" in points else _without_levels(points).values():
        with suppress(AnalysisError):
            return make()
    drawn = panels_of(points).drawn
    return drawn[0] if drawn else None


def _without_levels(points: pd.DataFrame) -> dict[str, Maker]:
    makers: dict[str, Maker] = {
        "minor loop": partial(minor_loop, points),
        "resistance against amplitude": partial(resistance_against_amplitude, points),
    }
    if (points["phase"] == Phase.READ).any() and not reads_between_pulses(points):
        makers |= series_makers(points)
    if has_single_halves(points):
        makers |= endurance_makers(points)
    if has_trials(points) and points["cycle"].value_counts().max() > 3:
        makers["resistance against pulse number"] = partial(resistance_against_pulse, points)
    if (points["phase"] == Phase.IV).any():
        makers["voltage against current"] = partial(voltage_against_current, points)
        makers["resistance against bias"] = partial(resistance_against_bias, points)
        both = partial(measure_bias_dependence, [ComparedRun(points, "")])
        makers["states against bias"] = lambda: states_against_bias(both())
        makers["TMR against bias"] = lambda: tmr_against_bias(both())
    if has_ramps(points):
        makers["update curves"] = partial(update_curves, points)
    return makers


def _of_an_array(points: pd.DataFrame) -> Panels:
    if "target" not in points:
        return Panels((array_map(points),), ())
    try:
        return Panels((array_map(points), pulses_per_device(points)), ())
    except AnalysisError as error:
        return Panels((array_map(points),), (f"no pulses for each device: {error}",))


def _with_levels(points: pd.DataFrame, levels: Sequence[Level]) -> dict[str, Maker]:
    phases = points.loc[points["amplitude_V"].notna(), "phase"].unique()
    maps: dict[str, Maker] = {
        f"state distribution ({phase})": partial(distribution_map, points, levels, phase)
        for phase in phases
    }
    if has_trials(points):
        maps["switching probability"] = lambda: probability_against_amplitude(
            points, threshold_between(levels)
        )
        maps["thermally activated depinning"] = lambda: probability_with_law(
            points, threshold_between(levels)
        )
    return {
        **maps,
        "metaplastic function": partial(metaplastic_function, points, levels),
        "metaplastic function against weight": partial(metaplastic_weight, points, levels),
        "conductances": partial(conductance_histogram, points, levels),
    }


def _or(what: Sequence[str]) -> str:
    *most, last = what
    return f"{', '.join(most)} or {last}" if most else last
