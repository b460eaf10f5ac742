"""A state model as tables on the console."""

from typing import TYPE_CHECKING

from ..console import print_line, print_pairs, print_table

if TYPE_CHECKING:
    from ...analysis.state_model.model import Pulses, Quantity, Source, StateModel


def print_model(model: "StateModel") -> None:
    """Print the model as tables."""
    from ...analysis.state_model.display import conductance_text
    from ...analysis.state_model.transitions import leaving_voltage

    several = len(model.devices) > 1
    columns = (
        "level",
        "mean (Ω)",
        "σ of visits (Ω)",
        *(["σ of devices (Ω)"] if several else []),
        "mean (mS)",
        "visits",
        *(f"left by {_sign(pulses)} V at" for pulses in model.pulses),
    )
    rows = [
        (
            str(number),
            text_of(level.resistance_ohm),
            text_of(level.cycle_std_ohm),
            *([text_of(level.device_std_ohm)] if several else []),
            conductance_text(level),
            str(level.visits),
            *(
                text_of(left[0]) if (left := leaving_voltage(pulses, number)) else "stays"
                for pulses in model.pulses
            ),
        )
        for number, level in enumerate(model.levels)
    ]
    title = f"{model.name}, version {model.version}: {', '.join(model.devices)}"
    print_table(title, columns, rows)
    for remark in model.remarks:
        print_line(remark)
    print_pairs("Conditions and sources", _conditions(model))


def _conditions(model: "StateModel") -> list[tuple[str, str]]:
    rows = [
        (
            f"{pulses.polarity} pulses",
            f"{_si(pulses.pulse_width_s, 's')} wide at {_si(pulses.field_T, 'T')}, "
            f"{pulses.amplitudes_V[0]:g} to {pulses.amplitudes_V[-1]:g} V; "
            f"{pulses.source.quality}",
        )
        for pulses in model.pulses
    ]
    if model.read_noise is not None:
        noise = model.read_noise
        rows.append(
            ("read noise", f"{noise.relative_std.value:.2g} of a reading ({noise.source.quality})")
        )
    rows += [
        (f"level {kept.level} lasts", f"{_lasting(kept.lifetime_s)}; {_source_text(kept.source)}")
        for kept in model.retention
    ]
    if model.metaplasticity is not None:
        ratio = model.metaplasticity
        text = f"{text_of(ratio.width_ratio)}; {ratio.source.quality}"
        injected = ", with the injection" * ("injection" in ratio.source.method)
        rows.append(("w1/w2", text + injected))
    if model.frozen_share is not None:
        frozen = model.frozen_share
        rows.append(("frozen share", f"{text_of(frozen.share)}; {_source_text(frozen.source)}"))
    source = model.levels_source
    if not source.runs:
        return [*rows, ("levels", source.quality), ("source", source.method)]
    return [
        *rows,
        ("levels", source.quality),
        ("runs", f"{', '.join(map(str, source.runs))} of {source.database}"),
        ("code version", source.code_version),
        ("date", source.date),
    ]


def _sign(pulses: "Pulses") -> str:
    return "+" if pulses.polarity == "positive" else "−"


def text_of(quantity: "Quantity | None") -> str:
    """Return a number with its interval."""
    if quantity is None:
        return "not determined"
    from ...analysis.formatting import format_interval

    return format_interval(quantity.value, quantity.low, quantity.high)


def _source_text(source: "Source") -> str:
    return f"{source.quality}, {source.method}"


def _lasting(lifetime_s: "Quantity") -> str:
    from ...analysis.estimate import Estimate
    from ...analysis.lifetime.durations import format_duration, format_lifetime

    if lifetime_s.high is None:
        return f"at least {format_duration(lifetime_s.value)} on average"
    low_s = 0.0 if lifetime_s.low is None else lifetime_s.low
    return f"{format_lifetime(Estimate(lifetime_s.value, low_s, lifetime_s.high))} on average"


def _si(value: float | None, unit: str) -> str:
    from ...quantities import rounded

    return f"unknown {unit}" if value is None else rounded(value, unit)
