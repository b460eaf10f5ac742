"""The figures of the synapse paper, drawn from a run's points in one house style.

Each function takes points and returns a `Panel`: what to paint and the numbers behind it. It raises
AnalysisError where the points have nothing to show, so no figure is ever empty. `panels_of` finds
the panels a run has, `draw` paints some side by side, `save` writes one with its data.
"""

from analysis.figures.amplitude import resistance_against_amplitude
from analysis.figures.array import array_map, pulses_per_device
from analysis.figures.choice import Panels, panels_of
from analysis.figures.conductance import conductance_histogram
from analysis.figures.distribution import distribution_map
from analysis.figures.loop import minor_loop
from analysis.figures.metaplastic import metaplastic_function
from analysis.figures.panel import Panel, decimals_for, draw, png_of, save
from analysis.figures.readings import readings_against_time

__all__ = [
    "Panel",
    "Panels",
    "array_map",
    "conductance_histogram",
    "decimals_for",
    "distribution_map",
    "draw",
    "metaplastic_function",
    "minor_loop",
    "panels_of",
    "png_of",
    "pulses_per_device",
    "readings_against_time",
    "resistance_against_amplitude",
    "save",
]
