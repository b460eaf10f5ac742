"""The dwell times of telegraph noise: a histogram of each state, and what the fit expects of it.

Dwells are counted in whole readings, so that those of an exponential law are geometric: of a mean
of few readings fewer are short than the exponential itself has.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....arrays import Floats
from ...errors import AnalysisError
from ...lifetime.durations import format_duration
from ...noise.forward_backward import dwells
from ...noise.sources import NoiseSources
from ..house import BLUE, GREY, ORANGE
from ..panel import Panel
from .noise import NAME, fit_line

WIDTH = 0.5
BINS = np.arange(0, 6.01, WIDTH)  # in means


def dwell_times(found: NoiseSources) -> Panel:
    """Draw a histogram of the dwell times in either state, in units of its mean, and its law.

    Raises AnalysisError unless telegraph noise was found.
    """
    telegraph = found.chosen.telegraph
    if telegraph is None:
        raise AnalysisError(
            f"The noise of the series is {found.chosen.name}, without two states that dwell."
        )
    lengths = [each * found.interval_s for each in dwells(telegraph.state)]
    names, colours = ("lower R", "higher R"), (BLUE, ORANGE)

    def paint(axes: Axes) -> None:
        states = zip(lengths, telegraph.dwell_s, names, colours, strict=True)
        for side, (each, mean, name, colour) in enumerate(states):
            share, error = _shares(each / mean.value)
            axes.errorbar(
                BINS[:-1] + WIDTH * (0.4 + 0.2 * side),
                share,
                error,
                fmt="o",
                color=colour,
                markersize=3,
                elinewidth=0.8,
                label=f"{name}: {len(each)} stays, mean {format_duration(mean.value)}",
            )
            law = expected_shares(float(telegraph.leave[side]), found.interval_s / mean.value)
            axes.stairs(law, BINS, color=colour, linestyle=fit_line(found), linewidth=0.8)
        label = "exponential" + ("" if found.goodness.fits else ", does not fit")
        axes.plot([], [], color=GREY, linestyle=fit_line(found), label=label)
        axes.set_yscale("log")
        axes.set_xlabel("Dwell time / mean (1)")
        axes.set_ylabel("Share of stays")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))

    table = pd.DataFrame(
        {
            "state": np.repeat(names, [len(each) for each in lengths]),
            "dwell_s": np.concatenate(lengths),
        }
    )
    return Panel(f"{NAME}-dwell", "Dwell times", table, paint)


def expected_shares(leave: float, reading: float) -> Floats:
    """Return the expected share of each bin: dwells of 1, 2, … readings, as they are counted.

    `leave` is the probability to leave before the next reading, `reading` its time in means.
    """
    if leave <= 0 or reading <= 0:
        return np.zeros(len(BINS) - 1)
    lengths = np.arange(1, int(BINS[-1] / reading) + 2)
    share = leave * np.exp((lengths - 1) * np.log1p(-leave))
    law = np.histogram(lengths * reading, BINS, weights=share)[0]
    return np.where(law > 0, law, np.nan)


def _shares(dwell: Floats) -> tuple[Floats, Floats]:
    """Return the share of dwell times in each bin, NaN in an empty one, and its error."""
    counts = np.histogram(dwell, BINS)[0].astype(float)
    total = max(1, len(dwell))
    return np.where(counts > 0, counts / total, np.nan), np.sqrt(counts) / total
