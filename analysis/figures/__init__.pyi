from .amplitude import resistance_against_amplitude
from .array import array_map, pulses_per_device
from .choice import Panels, first_panel, panels_of
from .conductance import conductance_histogram
from .depinning import probability_with_law
from .distribution import distribution_map
from .iv import resistance_against_bias, voltage_against_current
from .loop import minor_loop
from .metaplastic import metaplastic_function
from .panel import Panel, draw, png_of, save
from .probability import probability_against_amplitude
from .readings import readings_against_time
from .train import resistance_against_pulse
from .weight.curves import update_curves
from .weight.energy import update_energy
from .weight.metaplastic import metaplastic_weight

__all__ = [
    "Panel",
    "Panels",
    "array_map",
    "conductance_histogram",
    "distribution_map",
    "draw",
    "first_panel",
    "metaplastic_function",
    "metaplastic_weight",
    "minor_loop",
    "panels_of",
    "png_of",
    "probability_against_amplitude",
    "probability_with_law",
    "pulses_per_device",
    "readings_against_time",
    "resistance_against_amplitude",
    "resistance_against_bias",
    "resistance_against_pulse",
    "save",
    "update_curves",
    "update_energy",
    "voltage_against_current",
]
