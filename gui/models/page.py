"""A state model as a page: levels and transitions with their intervals, conditions and origin."""

from collections.abc import Iterator

from ...analysis.formatting import format_interval
from ...analysis.state_model.comparison import compare_models
from ...analysis.state_model.display import conductance_text
from ...analysis.state_model.model import Pulses, Quantity, StateModel
from ...analysis.state_model.transitions import leaving_voltage
from ..look import html
from ..look.theme import Theme
from ..parameters import quantity

VERDICTS = {True: "yes", False: "no", None: "not determined"}


def model_html(model: StateModel, theme: Theme) -> str:
    """Return all that a model holds, as a page."""
    columns = ["level", "R (Ω)", "σ of visits (Ω)", "G (mS)", "visits"]
    columns += [f"left at {_sign(pulses)} V" for pulses in model.pulses]
    return html.page(
        theme,
        f'<p style="font-size:17px; font-weight:600;">{model.name}, version {model.version}</p>',
        html.heading(theme, "Levels, with 95 % intervals"),
        html.table(theme, columns, list(_levels(model))),
        *(html.paragraph(remark) for remark in model.remarks),
        f'<p style="margin:10px 0 0 0;">{html.PICTURE_TAG}</p>',
        html.heading(theme, "Conditions and origin"),
        html.pairs(theme, list(_facts(model))),
    )


def models_html(first: StateModel, second: StateModel, theme: Theme) -> str:
    """Return two models side by side; raises AnalysisError where they cannot be compared."""
    names = [f"{each.name}:{each.version}" for each in (first, second)]
    rows = [
        (pair.what, _text(pair.first), _text(pair.second), VERDICTS[pair.agrees])
        for pair in compare_models(first, second)
    ]
    title = " and ".join(names)
    return html.page(
        theme,
        f'<p style="font-size:17px; font-weight:600;">{title}</p>',
        html.table(theme, ("", *names, "agree"), rows),
    )


def _levels(model: StateModel) -> Iterator[list[str]]:
    for number, level in enumerate(model.levels):
        left = (leaving_voltage(pulses, number) for pulses in model.pulses)
        yield [
            str(number),
            _text(level.resistance_ohm),
            "one visit" if level.cycle_std_ohm is None else _text(level.cycle_std_ohm),
            conductance_text(level),
            str(level.visits),
            *("stays" if found is None else _text(found[0]) for found in left),
        ]


def _facts(model: StateModel) -> Iterator[tuple[str, str]]:
    for pulses in model.pulses:
        span = f"{pulses.amplitudes_V[0]:g} to {pulses.amplitudes_V[-1]:g} V"
        width = "" if pulses.pulse_width_s is None else f", {quantity(pulses.pulse_width_s, 's')}"
        field = "" if pulses.field_T is None else f", at {pulses.field_T * 1e3:g} mT"
        yield f"{pulses.polarity} pulses", f"{span}{width}{field}".replace("-", "−")
    if model.read_noise is not None:
        yield "read noise, σ/R (10⁻⁶)", _text(model.read_noise.relative_std, 1e6)
    for entry in model.retention:
        yield f"level {entry.level}, mean time until left (s)", _text(entry.lifetime_s)
    if model.metaplasticity is not None:
        yield "f_meta, width ratio w1/w2", _text(model.metaplasticity.width_ratio)
    source = model.levels_source
    yield "runs", f"{', '.join(map(str, source.runs))} of {source.database}"
    yield "made", f"{source.date}, code {source.code_version}"
    yield "levels", f"{source.method}; {source.quality}"


def _text(value: Quantity, scale: float = 1.0) -> str:
    return format_interval(value.value, value.low, value.high, scale)


def _sign(pulses: Pulses) -> str:
    return "+" if pulses.polarity == "positive" else "−"
