"""A state model as a line of text and as HTML for notebooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..formatting import format_interval
from .transitions import cumulated, leaving_voltage, maximum_likelihood

if TYPE_CHECKING:
    from jinja2 import Template

    from .model import LevelState, Pulses, Quantity, Source, StateModel

WIDTH, HEIGHT = 420, 120
"""Size of the picture of the transitions, in pixels."""
VIRIDIS = ((68, 1, 84), (70, 51, 127), (53, 94, 141), (38, 130, 142), (33, 166, 133))
"""Viridis as far as it contrasts with white by 3:1."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Probability against amplitude as `points` of an SVG polyline, for one level and polarity."""

    level: int
    polarity: str
    colour: str
    points: str


def summary(model: "StateModel") -> str:
    """Return the model in one line: name, version, devices, levels, pulses and origin."""
    levels = f"{len(model.levels)} levels, {_range(model)} Ω"
    pulses = ", ".join(
        f"{one.polarity} pulses up to {one.amplitudes_V[-1]:g} V" for one in model.pulses
    )
    devices = ", ".join(model.devices)
    return (
        f"<StateModel {model.name!r}, version {model.version}, of {devices}: {levels}, {pulses}, "
        f"from {_runs(model.levels_source)}>"
    )


def model_html(model: "StateModel") -> str:
    """Return the model as HTML: levels, transitions as an SVG picture, conditions and origin."""
    ends_V = [0.0, *(_sign(one) * one.amplitudes_V[-1] for one in model.pulses)]
    low_V, high_V = min(ends_V), max(ends_V)
    return _template().render(
        model=model,
        columns=["level", "R (Ω)", "σ of visits (Ω)", "G (mS)", "visits", *_left_at(model)],
        rows=[_row(model, number) for number in range(len(model.levels))],
        colours=[_colour(number, len(model.levels)) for number in range(len(model.levels))],
        curves=list(_curves(model, low_V, high_V)),
        ticks=[(_x(volt, low_V, high_V), f"{volt:g}".replace("-", "−")) for volt in set(ends_V)],
        width=WIDTH,
        height=HEIGHT,
        facts=list(_facts(model)),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # for notebooks alone

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("model.html.jinja")


def _row(model: "StateModel", number: int) -> list[str]:
    level = model.levels[number]
    left = (leaving_voltage(pulses, number) for pulses in model.pulses)
    return [
        str(number),
        _text(level.resistance_ohm),
        "one visit" if level.cycle_std_ohm is None else _text(level.cycle_std_ohm),
        conductance_text(level),
        str(level.visits),
        *("not left" if found is None else _text(found[0]) for found in left),
    ]


def _left_at(model: "StateModel") -> list[str]:
    return [f"left at {'+−'[_sign(pulses) < 0]}V (V)" for pulses in model.pulses]


def conductance_text(level: "LevelState") -> str:
    """Return the conductance of a level in mS, with the interval that its resistance has."""
    mean = level.resistance_ohm
    if mean.low is None or mean.high is None or mean.low <= 0:
        return f"{1e3 * level.conductance_S:.4g}"
    return format_interval(level.conductance_S, 1 / mean.high, 1 / mean.low, 1e3)


def _curves(model: "StateModel", low_V: float, high_V: float) -> Iterator[Curve]:
    """Yield, for levels that were left, how likely a ladder up to each amplitude moves the wall."""
    for pulses in model.pulses:
        ladders = cumulated(maximum_likelihood(pulses))
        volts = np.array([0.0, *pulses.amplitudes_V]) * _sign(pulses)
        x = [_x(float(volt), low_V, high_V) for volt in volts]
        for level in range(len(model.levels)):
            left = np.r_[0.0, 1 - ladders[:, level, level]]
            if left.any():
                y = (1 - left) * HEIGHT
                points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
                colour = _colour(level, len(model.levels))
                yield Curve(level, pulses.polarity, colour, points)


def _facts(model: "StateModel") -> Iterator[tuple[str, str]]:
    for pulses in model.pulses:
        width = "" if pulses.pulse_width_s is None else f", {pulses.pulse_width_s * 1e9:g} ns wide"
        field = "" if pulses.field_T is None else f", at {pulses.field_T * 1e3:g} mT"
        limits = f"{pulses.amplitudes_V[0]:g} to {pulses.amplitudes_V[-1]:g} V{width}{field}"
        yield f"{pulses.polarity} pulses", f"{limits}; {pulses.source.quality}".replace("-", "−")
    if model.saturation_field_T is not None:
        level = "" if model.saturated_level is None else f", in level {model.saturated_level}"
        yield "saturation", f"{model.saturation_field_T * 1e3:g} mT{level}".replace("-", "−")
    if model.read_noise is not None:
        noise = model.read_noise.relative_std
        yield "read noise, σ/R (10⁻⁶)", _text(noise, 1e6)
    for entry in model.retention:
        yield f"level {entry.level}, mean time until left (s)", _text(entry.lifetime_s)
    if model.metaplasticity is not None:
        yield "width ratio w1/w2", _text(model.metaplasticity.width_ratio)
    if model.frozen_share is not None:
        yield "frozen share of the spread", _text(model.frozen_share.share)
    yield "origin", _origin(model.levels_source)
    yield "levels", f"{model.levels_source.method}; {model.levels_source.quality}"


def _origin(source: "Source") -> str:
    if not source.runs:
        return source.method
    return f"{_runs(source)} of {source.database}, {source.date}, code {source.code_version}"


def _runs(source: "Source") -> str:
    if not source.runs:
        return source.method
    return f"run{'s' * (len(source.runs) > 1)} {', '.join(map(str, source.runs))}"


def _x(volt: float, low_V: float, high_V: float) -> float:
    return (volt - low_V) / (high_V - low_V) * WIDTH


def _range(model: "StateModel") -> str:
    first, last = (model.levels[end].resistance_ohm.value for end in (0, -1))
    return f"{first:.4g} to {last:.4g}"


def _text(quantity: "Quantity", scale: float = 1.0) -> str:
    return format_interval(quantity.value, quantity.low, quantity.high, scale)


def _sign(pulses: "Pulses") -> int:
    return 1 if pulses.polarity == "positive" else -1


def _colour(level: int, levels: int) -> str:
    """Return a level's colour, viridis from the first to the last."""
    position = level / (levels - 1) * (len(VIRIDIS) - 1)
    channels = [
        np.interp(position, range(len(VIRIDIS)), [colour[channel] for colour in VIRIDIS])
        for channel in range(3)
    ]
    return "#" + "".join(f"{round(float(value)):02x}" for value in channels)
