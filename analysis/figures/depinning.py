"""Switching probability against amplitude, a colour a width, with the law of thermal depinning."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..errors import AnalysisError
from ..formatting import format_interval
from ..switching.law import SwitchingLaw, fit_switching_law
from ..switching.probability import SwitchingProbability, switching_probability
from .house import kind_colours, kind_markers, legend_below
from .panel import Panel
from .probability import trials_text

LEGEND_WIDTH = 58  # characters
MISFITS_NAMED = 3


def probability_with_law(points: pd.DataFrame, threshold_ohm: float) -> Panel:
    """Draw the share of first pulses that switched, with exact 95 % intervals, and the fit's band.

    The legend has Δ and V_c0; where the law does not hold, points are crossed and named. Raises
    AnalysisError if the run has no trials.
    """
    found = tuple(each for each in switching_probability(points, threshold_ohm) if each.trials)
    law, sentences = _law(found)
    legend = [fill(sentence, LEGEND_WIDTH) for sentence in sentences]
    widths_s = sorted({each.width_s for each in found}, key=lambda width: (width != width, width))

    def paint(axes: Axes) -> None:
        kinds = kind_colours(len(widths_s)), kind_markers(len(widths_s))
        for width_s, colour, marker in zip(widths_s, *kinds, strict=True):
            shares = [each for each in found if each.width_s == width_s or width_s != width_s]
            _paint_shares(axes, shares, colour, marker)
            if law is not None:
                _paint_law(axes, law, width_s, [each.amplitude_V for each in found], colour)
        for misfit in law.misfits if law is not None else ():
            share = misfit.found
            axes.plot(share.amplitude_V, share.probability.value, "x", color="black", markersize=7)
        for text in legend:
            axes.plot([], [], " ", label=text)
        axes.set_xlabel("Pulse amplitude (V)")
        axes.set_ylabel(f"Probability to pass {threshold_ohm:.4g} Ω (1)")
        axes.set_ylim(-0.04, 1.04)
        legend_below(axes)

    lines = len(widths_s) + sum(text.count("\n") + 1 for text in legend)
    title = "Thermally activated depinning"
    return Panel("depinning", title, _table(found, law), paint, lines_below=lines)


def _law(found: Sequence[SwitchingProbability]) -> tuple[SwitchingLaw | None, list[str]]:
    try:
        law = fit_switching_law(found)
    except AnalysisError as error:
        return None, [f"no fit: {error}"]
    fit = law.fit
    if not fit.determined:
        return None, ["no fit: the trials do not determine Δ and V_c0; add amplitudes or trials."]
    barrier, critical = (
        format_interval(each.value, each.low, each.high)
        for each in (fit.barrier_kT, fit.critical_V)
    )
    rate = fit.attempt_rate_Hz
    if fit.attempt_rate_fitted:
        ends = rate.value / 1e9, rate.low / 1e9, rate.high / 1e9
        source = f"fitted, {ends[0]:.2g} GHz ({ends[1]:.2g} to {ends[2]:.2g})"
    else:
        source = f"assumed, {rate.value / 1e9:g} GHz"
    sentences = [
        f"Δ = {barrier} $k_BT$",
        f"$V_{{c0}}$ = {critical} V",
        f"n = 3/2, attempt rate {source}",
    ]
    if law.misfits:
        named = "; ".join(str(misfit) for misfit in law.misfits[:MISFITS_NAMED])
        more = len(law.misfits) - MISFITS_NAMED
        sentences.append(f"does not fit at {named}{f'; {more} more' if more > 0 else ''}.")
    return law, sentences


def _paint_shares(
    axes: Axes, shares: Sequence[SwitchingProbability], colour: str, marker: str
) -> None:
    value = np.array([each.probability.value for each in shares])
    ends = np.array([(each.probability.low, each.probability.high) for each in shares]).T
    width_s, trials = shares[0].width_s, sorted({each.trials for each in shares})
    width = "width unknown" if width_s != width_s else f"{width_s * 1e9:g} ns"
    several = trials[-1] > 1
    axes.errorbar(
        [each.amplitude_V for each in shares],
        value,
        np.abs(ends - value) if several else None,
        fmt=marker,
        color=colour,
        markersize=3,
        elinewidth=0.8,
        label=f"{width}, {trials_text(trials[0], trials[-1])}",
    )


def _paint_law(
    axes: Axes, law: SwitchingLaw, width_s: float, amplitude_V: Sequence[float], colour: str
) -> None:
    V = np.linspace(min(amplitude_V), max(amplitude_V), 300)
    probability, low, high = law.fit.probability(V, width_s)
    line = "-" if law.holds else "--"
    axes.plot(V, probability, line, color=colour, linewidth=0.8, zorder=1)
    axes.fill_between(V, low, high, color=colour, alpha=0.2, linewidth=0, zorder=0)


def _table(found: Sequence[SwitchingProbability], law: SwitchingLaw | None) -> pd.DataFrame:
    misfits = [misfit.found for misfit in law.misfits] if law is not None else []
    table = pd.DataFrame(
        [
            {
                "amplitude_V": each.amplitude_V,
                "width_s": each.width_s,
                "trials": each.trials,
                "switched": each.switched,
                "probability": each.probability.value,
                "low_95": each.probability.low,
                "high_95": each.probability.high,
                "law_holds": None if law is None else each not in misfits,
            }
            for each in found
        ]
    )
    fitted = ["fitted", "fitted_low_95", "fitted_high_95"]
    table[fitted] = np.nan
    if law is None:
        return table
    for width_s, rows in table.groupby("width_s"):
        volts = rows["amplitude_V"].to_numpy(dtype=float)
        curves = law.fit.probability(volts, float(str(width_s)))
        table.loc[rows.index, fitted] = np.column_stack(curves)
    return table
