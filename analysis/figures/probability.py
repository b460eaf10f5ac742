"""Switching probability against amplitude, with its intervals and the sigmoid if one fits."""

from dataclasses import asdict
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..errors import AnalysisError
from ..switching.probability import (
    Sigmoid,
    SwitchingProbability,
    fit_sigmoid,
    switching_probability,
)
from .house import BLUE, GREY, ORANGE, legend_below
from .panel import Panel

LEGEND_WIDTH = 46  # characters


def probability_against_amplitude(
    points: pd.DataFrame, threshold_ohm: float, pulses: int = 1
) -> Panel:
    """Draw the share of trials that `pulses` pulses switched, with 95 % intervals.

    The sigmoid is solid where it fits, dashed and named as such where it does not, and missing,
    with the reason in the legend, where the trials do not determine one. Raises AnalysisError if
    the run has no trials.
    """
    found = switching_probability(points, threshold_ohm, pulses)
    amplitude_V = np.array([each.amplitude_V for each in found])
    sigmoid, label = _sigmoid(found)

    def paint(axes: Axes) -> None:
        if sigmoid is not None:
            V = np.linspace(amplitude_V.min(), amplitude_V.max(), 400)
            colour, line = (BLUE, "-") if sigmoid.fits else (GREY, "--")
            axes.plot(V, sigmoid.probability(V), line, color=colour, label=label, zorder=1)
        drawn = [each for each in found if each.trials]
        value = np.array([each.probability.value for each in drawn])
        ends = np.array([(each.probability.low, each.probability.high) for each in drawn]).T
        axes.errorbar(
            [each.amplitude_V for each in drawn],
            value,
            np.abs(ends - value) if max(each.trials for each in drawn) > 1 else None,
            fmt="o",
            color=ORANGE,
            markersize=3,
            elinewidth=0.8,
            label=_label(drawn, pulses),
        )
        if sigmoid is None:
            axes.plot([], [], " ", label=label)
        axes.set_xlabel("Pulse amplitude (V)")
        axes.set_ylabel(f"Probability to pass {threshold_ohm:.4g} Ω (1)")
        axes.set_ylim(-0.04, 1.04)
        legend_below(axes, fontsize="small")

    table = pd.DataFrame([asdict(each) for each in found])
    interval = pd.DataFrame(table.pop("probability").tolist())
    table["probability"], table["low"], table["high"] = interval[["value", "low", "high"]].T.values
    return Panel("switching-probability", "Switching probability", table, paint)


def _sigmoid(found: tuple[SwitchingProbability, ...]) -> tuple[Sigmoid | None, str]:
    if len({each.width_s for each in found if each.trials}) > 1:
        return None, "no sigmoid: several pulse widths"
    try:
        sigmoid = fit_sigmoid(found)
    except AnalysisError as error:
        reason = str(error).split(", so no sigmoid")[0]
        return None, fill(f"no sigmoid: {reason[0].lower()}{reason[1:]}", LEGEND_WIDTH)
    if not sigmoid.fits:
        return sigmoid, f"a sigmoid does not fit (p = {sigmoid.p_value:.1g})"
    voltage, sigma = sigmoid.voltage_V, sigmoid.sigma_V
    return sigmoid, (
        f"V₅₀ {voltage.value:.3g} V ({voltage.low:.3g} to {voltage.high:.3g}), "
        f"σ {sigma.value:.2g} V ({sigma.low:.2g} to {sigma.high:.2g})"
    )


def _label(drawn: list[SwitchingProbability], pulses: int) -> str:
    fewest, most = min(each.trials for each in drawn), max(each.trials for each in drawn)
    return trials_text(fewest, most, "" if pulses == 1 else f" of {pulses} pulses")


def trials_text(fewest: int, most: int, kind: str = "") -> str:
    """Return what a point stands for; a single trial has no interval worth drawing."""
    if most == 1:
        return f"single trials{kind}"
    count = f"{most}" if fewest == most else f"{fewest} to {most}"
    return f"{count} trials{kind} each, 95 % intervals"
