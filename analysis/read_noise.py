"""The read noise of a junction left alone: white and 1/f, from a series of readings.

The periodogram of the relative resistance is compared with S(f) = white + flicker/f by Whittle's
likelihood, Σ ln S + I/S, in which every ordinate I is exponentially distributed about S. The
readings must come at a steady rate. Valid between one over the length of the series and half the
rate; noise that the meter averages away above is not seen, and folds in where it reads too fast.
Telegraph noise, a drift or an interference line have other spectra, which Bartlett's test rejects:
the cumulative sum of I/S is a straight line if S is right (Kolmogorov-Smirnov).
Sources: Whittle, Ark. Mat. 2, 423 (1953); Wilson & Hilferty, Proc. Natl. Acad. Sci. 17, 684 (1931);
Bartlett, An Introduction to Stochastic Processes (1955), 9.22.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import kolmogorov

from ..arrays import Floats
from .errors import AnalysisError
from .estimate import Estimate
from .intervals import Z, std_ci
from .run_points import readings_without_pulses

MIN_READINGS = 64
UNSTEADY = 0.2
SIGNIFICANCE = 0.01  # of the test of the spectrum


@dataclass(frozen=True, slots=True)
class NoiseSpectrum:
    """Noise of R/⟨R⟩: one-sided densities, white in 1/Hz and flicker/f with flicker dimensionless.

    `relative_std` is that of a reading in this series; `frequency_Hz` and `density_per_Hz` are the
    measured spectrum, shape (n,).
    """

    white_per_Hz: Estimate
    flicker: Estimate
    relative_std: float
    interval_s: float
    readings: int
    frequency_Hz: Floats
    density_per_Hz: Floats

    @property
    def fitted_per_Hz(self) -> Floats:
        """The fitted density at the measured frequencies, shape (n,)."""
        return self.white_per_Hz.value + self.flicker.value / self.frequency_Hz

    @property
    def significance(self) -> float:
        """The p-value of white and 1/f noise alone, by Bartlett's test of their spectrum."""
        ratio = self.density_per_Hz / self.fitted_per_Hz
        share, count = np.cumsum(ratio) / ratio.sum(), len(ratio)
        line = np.arange(1, count + 1) / count
        distance = max(float((share - line).max()), float((line - share).max() + 1 / count))
        return float(kolmogorov(np.sqrt(count) * distance))

    @property
    def fits(self) -> bool:
        """False if the spectrum is not that of white and 1/f noise."""
        return self.significance >= SIGNIFICANCE

    @property
    def relative_std_ci(self) -> Estimate:
        """`relative_std` with its interval: as many degrees of freedom as the fitted spectrum has.

        A sum of ordinates S with exponential scatter has 2 (Σ S)²/Σ S² of them (Satterthwaite).
        """
        fitted = self.fitted_per_Hz
        return std_ci(self.relative_std, 2 * float(fitted.sum() ** 2 / (fitted**2).sum()))

    @property
    def corner_Hz(self) -> float:
        """Frequency at which both noises are equal; infinite without white noise."""
        white = self.white_per_Hz.value
        return self.flicker.value / white if white > 0 else float("inf")


def measure_read_noise(points: pd.DataFrame) -> NoiseSpectrum:
    """Return the noise spectrum of readings without pulses (`time_s`, `resistance_ohm`).

    Raises AnalysisError for fewer than 64 readings, an unsteady rate or a series that never varies.
    """
    time, resistance = readings_without_pulses(points)
    if len(time) < MIN_READINGS:
        raise AnalysisError(
            f"{len(time)} readings without pulses are too few for a spectrum; take at least "
            f"{MIN_READINGS}."
        )
    gaps = np.diff(time)
    interval = float(np.median(gaps))
    if interval <= 0 or np.abs(gaps - interval).max() > UNSTEADY * interval:
        raise AnalysisError(
            "The readings do not come at a steady rate; a spectrum needs a series without breaks."
        )
    relative = resistance / resistance.mean() - 1
    if not relative.any():
        raise AnalysisError("All readings are the same; the meter's resolution hides the noise.")
    count = len(relative)
    whole = np.asarray(np.fft.rfftfreq(count, interval), dtype=float)
    frequency = whole[1 : (count - 1) // 2 + 1]
    spectrum = np.abs(np.fft.rfft(relative)[1 : len(frequency) + 1]) ** 2 * 2 * interval / count
    white, flicker = _whittle(frequency, spectrum)
    return NoiseSpectrum(
        white, flicker, float(relative.std(ddof=1)), interval, count, frequency, spectrum
    )


def _whittle(frequency_Hz: Floats, density: Floats) -> tuple[Estimate, Estimate]:
    """Fit by Fisher scoring, S being linear in both; neither may be negative."""
    shape = np.column_stack([np.ones_like(frequency_Hz), 1 / frequency_Hz])
    top = float(np.median(density[-len(density) // 4 :])) / np.log(2)
    values = np.array([top, float(np.median(density * frequency_Hz)) / np.log(2)]) / 2
    tiny = 1e-6 * values.max() * np.array([1.0, float(frequency_Hz[0])])
    information = np.eye(2)
    for _ in range(200):
        model = shape @ values
        weighted = shape / model[:, None]
        information = weighted.T @ weighted
        change = np.linalg.solve(information, weighted.T @ (density / model - 1))
        proposed = values + change
        while (proposed < tiny).any() and np.abs(change).max() > 1e-12 * values.max():
            change = change / 2
            proposed = np.maximum(values + change, tiny)
        moved = np.abs(proposed / values - 1).max()
        values = proposed
        if moved < 1e-9:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    white, flicker = (_strength(float(v), float(e)) for v, e in zip(values, errors, strict=True))
    return white, flicker


def _strength(value: float, error: float) -> Estimate:
    """Return a density with its interval, wider above: its law is close to a gamma law.

    The upper end is that of a normal cube root (Wilson and Hilferty), up to an error of the value.
    """
    relative = min(error / value, 1.0)
    above = ((1 + Z * relative / 3) ** 3 - 1) / relative
    return Estimate(value, max(0.0, value - Z * error), value + above * error)
