"""The tables of readings without pulses: read noise and its kind, and retention."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache

import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..lifetime.decay import TEN_YEARS_S, Decay
from ..lifetime.decays import decays_of
from ..lifetime.durations import format_duration, format_lifetime, format_share
from ..noise.models import FLICKER
from ..noise.sources import NoiseSources, first_series, identify_noise, is_steady
from ..read_noise import SIGNIFICANCE, measure_read_noise
from ..run_points import reads_between_pulses
from .table import Table, format_estimate, table_or_reason

Rows = Iterator[tuple[str, str]]
SMALLEST_P = 1e-6  # shown
HARDLY_RESOLVED = 3.0  # readings of a mean dwell, below which its interval is too narrow


def series_tables(points: pd.DataFrame) -> tuple[Table, ...]:
    """Return the tables of a run's readings of the phase read; none if it has none."""
    if not (points["phase"] == Phase.READ).any() or reads_between_pulses(points):
        return ()
    series = first_series(points)
    if not is_steady(series):
        return (table_or_reason("Retention", lambda: _retention(points)),)
    found = cache(lambda: identify_noise(series))
    return (
        table_or_reason("Read noise", lambda: _noise(series, found)),
        table_or_reason("Kind of noise", lambda: _kind(found())),
        table_or_reason("Retention", lambda: _retention(points, found)),
    )


def _noise(series: pd.DataFrame, identify: Callable[[], NoiseSources]) -> Table:
    noise = measure_read_noise(series)
    rows = (
        ("σ_R/R of the series (10⁻⁶)", format_estimate(noise.relative_std_ci, 1e6)),
        ("white noise (10⁻¹² per Hz)", format_estimate(noise.white_per_Hz, 1e12)),
        ("1/f noise, S · f (10⁻¹²)", format_estimate(noise.flicker, 1e12)),
        ("both are equal at (Hz)", f"{noise.corner_Hz:.2g}"),
        (f"test: their spectrum, p (rejected below {SIGNIFICANCE:g})", _p(noise.significance)),
    )
    remarks = [f"{noise.readings} readings of the first cycle, every {noise.interval_s:.3g} s."]
    if not noise.fits:
        remarks.append(
            "White and 1/f noise do not fit the spectrum (the test rejects it): their densities "
            "describe the series and are no properties of the device."
        )
    with suppress(AnalysisError):
        kind = identify().chosen
        if kind.telegraph or kind.drifts:
            remarks.append(
                f"The kind of noise is {kind.name} (next table): 1/f noise stands for that here."
            )
    return Table("Read noise", ("quantity", "value"), rows, tuple(remarks))


def _kind(found: NoiseSources) -> Table:
    return Table(
        "Kind of noise", ("quantity", "value"), tuple(_numbers(found)), tuple(_said(found))
    )


def _numbers(found: NoiseSources) -> Rows:
    model, telegraph = found.chosen, found.chosen.telegraph
    yield "kind, of the smallest BIC", model.name
    second = found.models[1]
    yield "next best", f"{second.name}, ΔBIC {second.bic - model.bic:.1f}"
    if telegraph is not None and model.step is not None:
        lower, upper = telegraph.dwell_s
        yield "step, ΔR/R (10⁻⁶)", format_estimate(model.step, 1e6)
        yield "step over σ of a reading", f"{model.step.value / model.reading_std:.2g}"
        yield "mean dwell, lower R (s)", format_estimate(lower)
        yield "mean dwell, higher R (s)", format_estimate(upper)
    if model.drift_exponent is not None:
        yield "drift, ν of G ∝ t^−ν (10⁻⁶)", format_estimate(model.drift_exponent, 1e6)
    if model.linear_drift is not None:
        yield "drift over the series, ΔR/R (10⁻⁶)", format_estimate(model.linear_drift, 1e6)
    for name, p in found.goodness.tests:
        bound = "> 0.1" if name.startswith("normal") and p >= 0.1 else _p(p)
        yield f"test: {name}, p (rejected below {found.goodness.least:.2g})", bound


def _p(value: float) -> str:
    return f"{value:.2g}" if value >= SMALLEST_P else f"< {SMALLEST_P:g}"


def _said(found: NoiseSources) -> Iterator[str]:
    used = len(found.time_s)
    if used < found.readings:
        yield f"The first {used} of {found.readings} readings were analysed."
    if not found.goodness.fits:
        yield (
            "This kind of noise does not fit (a test rejects it), and no other fits better: the "
            "numbers describe the series and are no properties of the device."
        )
    if found.rivals:
        names = " or ".join(model.name for model in found.rivals)
        yield f"The series does not decide against {names}."
    telegraph = found.chosen.telegraph
    if telegraph is not None:
        shortest_s = min(dwell.value for dwell in telegraph.dwell_s)
        if shortest_s < HARDLY_RESOLVED * found.interval_s:
            yield (
                f"A state dwells for {shortest_s / found.interval_s:.1f} readings only, so that "
                "its interval is too narrow: read faster."
            )
    if telegraph is not None and FLICKER in found.chosen.parts:
        yield (
            "With 1/f noise beside it the states are taken for known, and the interval of the step "
            "is widened by a third for it, which was measured at steps of 5 σ only."
        )
    if found.chosen.drift_exponent is not None:
        yield f"The time of the drift counts from {found.origin}."


def _retention(points: pd.DataFrame, identify: Callable[[], NoiseSources] | None = None) -> Table:
    decays = decays_of(points, identify=identify)
    columns = (
        "level (Ω)",
        "waits",
        "left",
        "longest wait",
        "mean lifetime",
        "held for 10 years",
        "drift ν (10⁻⁶)",
    )
    rows = tuple(retention_row(decay) for decay in decays)
    tolerance = 100 * decays[0].waits.tolerance
    remarks = [f"A level is left at a change of R by more than {tolerance:g} %."]
    return Table("Retention", columns, rows, (*remarks, *retention_remarks(decays)))


def retention_row(decay: Decay) -> tuple[str, ...]:
    """Return the cells of a level: Ω, waits, escapes, longest wait, lifetime, ten years, drift."""
    waits = decay.waits
    held = format_share(decay.survival(TEN_YEARS_S)) if decay.fits else "not extrapolated"
    drift = decay.drift_exponent
    return (
        f"{waits.level_ohm:.4g}",
        str(len(waits.held_s)),
        str(waits.escapes),
        format_duration(waits.longest_s),
        "no jump" if waits.crept else format_lifetime(decay.lifetime_s),
        held,
        "too few readings" if drift is None else format_estimate(drift, 1e6),
    )


def retention_remarks(decays: Sequence[Decay]) -> Iterator[str]:
    """Yield what must be said of levels that were never left, or not at a constant rate."""
    for decay in decays:
        waits = decay.waits
        if not waits.escapes:
            yield (
                f"{waits.level_ohm:.4g} Ω was never left: its mean lifetime is longer than "
                f"{format_duration(decay.lifetime_s.low)}, the lower end of its two-sided 95 % "
                "interval, at the temperature and in the field of the run."
            )
        if waits.crept:
            yield (
                f"{waits.level_ohm:.4g} Ω is left without a jump that lasts in {waits.crept} of "
                f"{waits.escapes} waits: R creeps past the tolerance or scatters beyond it, which "
                "is no escape and has no rate."
            )
        elif not decay.fits:
            yield (
                f"{waits.level_ohm:.4g} Ω is not left at a constant rate (p = "
                f"{decay.constancy:.1g}, Weibull's k is {decay.shape:.2g}): nothing is said of "
                "ten years."
            )
        if decay.drift_exponent is not None and not decay.drift_fits:
            yield (
                f"{waits.level_ohm:.4g} Ω: the readings do not follow the power law of the drift "
                "and its noise, so that it is not extrapolated; ν describes the series alone."
            )
        changed = decay.drifted_in_ten_years
        if changed is not None and not changed.low <= 1 <= changed.high:
            low, high = (100 * (end - 1) for end in (changed.low, changed.high))
            yield (
                f"{waits.level_ohm:.4g} Ω drifts by {low:.2g} to {high:.2g} % between a second "
                "and ten years, if the power law goes on.".replace("-", "−")
            )
