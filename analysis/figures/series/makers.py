"""The panels of readings without pulses: their noise at a steady rate, else their retention."""

from collections.abc import Callable
from functools import cache

import pandas as pd

from ...lifetime.decay import Decay
from ...lifetime.decays import decays_of
from ...noise.sources import first_series, identify_noise, is_steady
from ..panel import Panel
from ..readings import readings_against_time
from .dwell import dwell_times
from .noise import lag_plot, noise_series, noise_spectrum
from .retention import retention_course, retention_survival


def series_makers(points: pd.DataFrame) -> dict[str, Callable[[], Panel]]:
    """Return what makes each panel of a run's readings of the phase read, by its name."""
    readings = {"readings against time": lambda: readings_against_time(points)}
    series = first_series(points)
    if is_steady(series):
        found = cache(lambda: identify_noise(series))
        return {
            **readings,
            "noise of the series": lambda: noise_series(found()),
            "spectrum of the noise": lambda: noise_spectrum(found()),
            "lag plot": lambda: lag_plot(found()),
            "dwell times": lambda: dwell_times(found()),
        }

    @cache
    def decays() -> tuple[Decay, ...]:
        return decays_of(points)

    return {
        **readings,
        "retention": lambda: retention_course(decays()),
        "share of states held": lambda: retention_survival(decays()),
    }
