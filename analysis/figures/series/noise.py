"""The noise of a series: readings with states, spectrum and lag plot, with the fit.

A fit that no test rejects is drawn solid, one that a test rejects dashed.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....arrays import Floats
from ...noise.sources import LAST_PULSE, NoiseSources
from ..amplitude import VECTORS_UP_TO
from ..house import BLUE, GREY, ORANGE, label_axis
from ..panel import Panel
from ..readings import unit_of_time

BINS_PER_DECADE = 8
NAME = "noise"


def noise_series(found: NoiseSources) -> Panel:
    """Draw the readings against time, with what the chosen model expects of them."""
    unit, length_s = unit_of_time(float(found.time_s[-1]))
    model = found.chosen

    def paint(axes: Axes) -> None:
        time, few = found.time_s / length_s, len(found.time_s) <= VECTORS_UP_TO
        axes.plot(time, found.resistance_ohm, ".", color=GREY, markersize=1.5, rasterized=not few)
        axes.plot(
            time, model.expected_ohm, color=ORANGE, linestyle=fit_line(found), label=_title(found)
        )
        since = f" since {LAST_PULSE}" if found.origin == LAST_PULSE else ""
        axes.set_xlabel(f"Time{since} ({unit})")
        label_axis(axes, "y", "Resistance", "Ω", found.resistance_ohm)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))

    table = pd.DataFrame(
        {
            "time_s": found.time_s,
            "resistance_ohm": found.resistance_ohm,
            "expected_ohm": model.expected_ohm,
        }
    )
    if model.telegraph is not None:
        table["state"] = model.telegraph.state
    return Panel(f"{NAME}-series", "Readings and noise model", table, paint)


def noise_spectrum(found: NoiseSources) -> Panel:
    """Draw the spectral density of R/⟨R⟩, averaged over bands, with that of the chosen model.

    A drift is taken off first, as the model has it.
    """
    frequency, density = _periodogram(_without_drift(found), found.interval_s)
    edges = np.floor(np.log10(frequency / frequency[0]) * BINS_PER_DECADE)
    table = pd.DataFrame({"frequency_Hz": frequency, "density_per_Hz": density})
    bands = table.groupby(edges).agg(["mean", "size"])
    smooth = np.geomspace(frequency[0], frequency[-1], 200)
    expected = _model_density(found, smooth)
    banded = pd.DataFrame(
        {
            "frequency_Hz": bands["frequency_Hz"]["mean"].to_numpy(),
            "density_per_Hz": bands["density_per_Hz"]["mean"].to_numpy(),
            "ordinates": bands["density_per_Hz"]["size"].to_numpy(),
        }
    )
    banded["model_per_Hz"] = _model_density(found, banded["frequency_Hz"].to_numpy(dtype=float))

    def paint(axes: Axes) -> None:
        relative = 1 / np.sqrt(banded["ordinates"].to_numpy(dtype=float))
        middle = banded["density_per_Hz"].to_numpy(dtype=float)
        axes.errorbar(
            banded["frequency_Hz"],
            middle,
            [middle * (1 - np.exp(-relative)), middle * (np.exp(relative) - 1)],
            fmt="o",
            color=BLUE,
            markersize=3,
            elinewidth=0.8,
            label="bands, ± 1 σ",
        )
        axes.plot(smooth, expected, color=ORANGE, linestyle=fit_line(found), label=_title(found))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("Frequency (Hz)")
        drift = " without drift" if found.chosen.drifts else ""
        axes.set_ylabel(f"S of R/⟨R⟩{drift} (1/Hz)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

    return Panel(f"{NAME}-spectrum", "Spectrum of the read noise", banded, paint)


def lag_plot(found: NoiseSources) -> Panel:
    """Draw each reading against the one before: two spots for telegraph noise, one for white."""
    now, later = found.resistance_ohm[:-1], found.resistance_ohm[1:]

    def paint(axes: Axes) -> None:
        axes.plot(now, later, ".", color=BLUE, markersize=2, alpha=0.4, rasterized=True)
        ends = (float(found.resistance_ohm.min()), float(found.resistance_ohm.max()))
        axes.plot(ends, ends, color=GREY, linewidth=0.6)
        label_axis(axes, "x", "Reading i", "Ω", found.resistance_ohm)
        label_axis(axes, "y", "Reading i + 1", "Ω", found.resistance_ohm)
        axes.locator_params(axis="x", nbins=4)

    table = pd.DataFrame({"resistance_ohm": now, "next_resistance_ohm": later})
    return Panel(f"{NAME}-lag", "Lag plot", table, paint)


def fit_line(found: NoiseSources) -> str:
    """Return the line style of the chosen model: solid, dashed if a test rejects it."""
    return "-" if found.goodness.fits else "--"


def _title(found: NoiseSources) -> str:
    return found.chosen.name + ("" if found.goodness.fits else ", does not fit")


def _without_drift(found: NoiseSources) -> Floats:
    model, y = found.chosen, np.log(found.resistance_ohm)
    if model.drift_exponent is not None:
        y = y - model.drift_exponent.value * np.log(found.time_s)
    if model.linear_drift is not None:
        since_s = found.time_s - found.time_s[0]
        y = y - model.linear_drift.value * since_s / since_s[-1]
    return np.asarray(y - y.mean())


def _periodogram(y: Floats, interval_s: float) -> tuple[Floats, Floats]:
    """Return frequencies (Hz) and the one-sided spectral density at them, zero left out."""
    count = len(y)
    frequency = np.asarray(np.fft.rfftfreq(count, interval_s), dtype=float)
    density = np.abs(np.fft.rfft(y)) ** 2 * 2 * interval_s / count
    last = (count - 1) // 2 + 1
    return frequency[1:last], np.asarray(density[1:last])


def _model_density(found: NoiseSources, frequency: Floats) -> Floats:
    """Return the density of the chosen model: white, 1/f, and a Lorentzian of sampled steps."""
    model = found.chosen
    density = 2 * model.reading_std**2 * found.interval_s + model.fit.flicker.value / frequency
    if model.telegraph is not None:
        leave = model.telegraph.leave
        memory = max(1e-12, 1 - float(leave.sum()))
        step = 0.0 if model.log_step is None else model.log_step.value
        variance = step**2 * float(leave.prod() / leave.sum() ** 2)
        turn = np.cos(2 * np.pi * frequency * found.interval_s)
        shape = (1 - memory**2) / (1 - 2 * memory * turn + memory**2)
        density = density + 2 * found.interval_s * variance * shape
    return np.asarray(density)
