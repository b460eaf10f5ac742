"""Retention: held states against the logarithm of time, the share that is left, Arrhenius plots."""

from collections.abc import Sequence
from math import exp, inf, isfinite

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....arrays import Floats
from ...estimate import Estimate
from ...lifetime.arrhenius import Arrhenius
from ...lifetime.decay import TEN_YEARS_S, Decay
from ...lifetime.durations import format_lifetime
from ..house import BLUE, GREY, ORANGE, colours
from ..panel import Panel

CURVE = 120  # points
BAND = 0.2  # opacity


def retention_course(decays: Sequence[Decay]) -> Panel:
    """Draw R over its value at the beginning of each wait, against the time since then.

    The time is logarithmic where it covers a decade.
    """
    frames = [
        pd.DataFrame(
            {
                "level_ohm": decay.waits.level_ohm,
                "wait": decay.waits.wait.astype(int) + 1,
                "time_s": decay.waits.time_s,
                "ratio": decay.waits.ratio,
            }
        )
        for decay in decays
    ]
    longest_s = max(decay.waits.longest_s for decay in decays)
    left = [decay.waits.left_s[np.isfinite(decay.waits.left_s)] for decay in decays]

    def paint(axes: Axes) -> None:
        shades = colours(len(decays))
        for decay, frame, gone, shade in zip(decays, frames, left, shades, strict=True):
            label = f"{decay.waits.level_ohm:.4g} Ω"
            for _, wait in frame[frame["time_s"] > 0].groupby("wait"):
                change = 100 * (wait["ratio"] - 1)
                axes.plot(wait["time_s"], change, ".-", color=shade, linewidth=0.6, label=label)
                label = ""
            axes.plot(gone, np.zeros(len(gone)), "x", color=ORANGE, markersize=5)
            nu = decay.drift_exponent
            if nu is not None and nu.low * nu.high > 0:
                time = np.geomspace(_first(decay), decay.waits.longest_s, CURVE)
                axes.plot(time, 100 * (_drift(decay, time) - 1), "--", color=shade)
        if sum(map(len, left)):
            axes.plot([], [], "x", color=ORANGE, label="left the level")
        if longest_s >= 10 * min(map(_first, decays)):  # within a decade log labels overlap
            axes.set_xscale("log")
        axes.set_xlabel("Time since writing (s)")
        axes.set_ylabel("Change of R (%)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)

    return Panel("retention", "Retention", pd.concat(frames), paint)


def retention_survival(decays: Sequence[Decay]) -> Panel:
    """Draw the share of waits still in their level, and the rate with its band up to ten years.

    The rate is drawn solid where waits were observed and it fits, dotted beyond, dashed where the
    escapes do not come at a constant rate.
    """
    first = min(_first(decay) for decay in decays)
    time = np.geomspace(first, TEN_YEARS_S * 2, 2 * CURVE)
    curves = [_curve(decay.rate_Hz, time) for decay in decays]

    def paint(axes: Axes) -> None:
        for decay, curve, shade in zip(decays, curves, colours(len(decays)), strict=True):
            steps = _share_held(decay)
            axes.step(*steps, where="post", color=shade, linewidth=1.5)
            seen = time <= decay.waits.longest_s
            style = "-" if decay.fits else "--"
            drawn = seen | decay.fits  # a law that does not fit is not extrapolated
            axes.fill_between(
                time, curve[1], curve[2], where=drawn, color=shade, alpha=BAND, linewidth=0
            )
            axes.plot(time[seen], curve[0][seen], style, color=shade, linewidth=0.7)
            axes.plot(time[drawn & ~seen], curve[0][drawn & ~seen], ":", color=shade, linewidth=0.7)
            axes.plot([], [], color=shade, label=_label(decay))
        axes.axvline(TEN_YEARS_S, color=GREY, linewidth=0.6)
        axes.annotate("10 years", (TEN_YEARS_S, 1.02), ha="right", va="bottom", fontsize=6)
        axes.set_xscale("log")
        axes.set_xlim(first, TEN_YEARS_S * 2)
        axes.set_ylim(0, 1.12)
        axes.set_xlabel("Time since writing (s)")
        axes.set_ylabel("Share in the level (1)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))

    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "level_ohm": decay.waits.level_ohm,
                    "time_s": time,
                    "survival": curve[0],
                    "low_95": curve[1],
                    "high_95": curve[2],
                }
            )
            for decay, curve in zip(decays, curves, strict=True)
        ]
    )
    return Panel("retention-survival", "Share of states held", table, paint)


def arrhenius_plot(found: Arrhenius, use_K: float) -> Panel:
    """Draw mean lifetimes against 1/T with the fit, its band and the temperature of use.

    The fit is dashed where no single barrier describes all temperatures.
    """
    coldest, hottest = min(*found.temperatures_K, use_K), max(*found.temperatures_K, use_K)
    inverse = np.linspace(1 / hottest, 1 / coldest, 25)
    lifetimes = [found.lifetime_at(1 / each) for each in inverse]
    fit = np.array([[each.value, each.low, min(each.high, 1e300)] for each in lifetimes]).T

    def paint(axes: Axes) -> None:
        style = "-" if found.fits else "--"
        label = f"E_b {found.barrier_eV.value:.3g} eV" + ("" if found.fits else ", does not fit")
        axes.fill_between(1e3 * inverse, fit[1], fit[2], color=ORANGE, alpha=BAND, linewidth=0)
        axes.plot(1e3 * inverse, fit[0], style, color=ORANGE, label=label)
        for kelvin, decay in zip(found.temperatures_K, found.decays, strict=True):
            _lifetime(axes, 1e3 / kelvin, decay.lifetime_s)
        axes.axvline(1e3 / use_K, color=GREY, linewidth=0.6)
        axes.axhline(TEN_YEARS_S, color=GREY, linewidth=0.6)
        axes.annotate("10 years", (1e3 / hottest, TEN_YEARS_S), va="bottom", fontsize=6)
        axes.annotate(
            f"{use_K:g} K", (1e3 / use_K, fit[0].min()), rotation=90, ha="right", fontsize=6
        )
        axes.set_yscale("log")
        axes.set_xlabel("1000/T (1/K)")
        axes.set_ylabel("Mean lifetime (s)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))

    table = pd.DataFrame(
        {
            "temperature_K": 1 / inverse,
            "lifetime_s": fit[0],
            "low_95_s": fit[1],
            "high_95_s": fit[2],
        }
    )
    return Panel("arrhenius", "Lifetime against temperature", table, paint)


def _lifetime(axes: Axes, x: float, lifetime_s: Estimate) -> None:
    """Draw a measured lifetime, or an arrow from its bound."""
    if isfinite(lifetime_s.value):
        ends = [[lifetime_s.value - lifetime_s.low], [min(lifetime_s.high, 1e300)]]
        ends[1][0] -= lifetime_s.value
        axes.errorbar([x], [lifetime_s.value], ends, fmt="o", color=BLUE, elinewidth=0.8)
    else:
        axes.plot([x], [lifetime_s.low], "^", color=BLUE, markerfacecolor="none")


def _label(decay: Decay) -> str:
    held = "no jump" if decay.waits.crept else format_lifetime(decay.lifetime_s)
    fits = "" if decay.fits else ", no constant rate"
    return f"{decay.waits.level_ohm:.4g} Ω: {held}{fits}"


def _curve(rate_Hz: Estimate, time_s: Floats) -> tuple[Floats, Floats, Floats]:
    value, low, high = (
        np.exp(-np.minimum(rate * time_s, 700.0)) if rate < inf else np.zeros_like(time_s)
        for rate in (rate_Hz.value, rate_Hz.high, rate_Hz.low)
    )
    return value, low, high


def _share_held(decay: Decay) -> tuple[Floats, Floats]:
    """Return Kaplan and Meier's steps, an escape at the reading that found it."""
    waits = decay.waits
    ends = np.where(np.isfinite(waits.left_s), waits.left_s, waits.held_s)
    order = np.argsort(ends, kind="stable")
    gone = np.isfinite(waits.left_s)[order]
    at_risk = len(ends) - np.arange(len(ends))
    share = np.cumprod(np.where(gone, 1 - 1 / at_risk, 1.0))
    return np.r_[_first(decay), ends[order]], np.r_[1.0, share]


def _first(decay: Decay) -> float:
    later = decay.waits.time_s[decay.waits.time_s > 0]
    gone = decay.waits.left_s[np.isfinite(decay.waits.left_s)]
    return float(min([*later, *gone, TEN_YEARS_S]))


def _drift(decay: Decay, time_s: Floats) -> Floats:
    """Return the fitted course of R over its start, through the middle of the readings."""
    waits, exponent = decay.waits, decay.drift_exponent
    later = waits.time_s > 0
    value = 0.0 if exponent is None else exponent.value
    middle = float(np.mean(np.log(waits.ratio[later]) - value * np.log(waits.time_s[later])))
    return np.asarray(exp(middle) * time_s**value)
