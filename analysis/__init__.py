"""From the points of a run to numbers and figures: levels, switching, minor loops.

Pure functions over the data frames that the store gives out; results are dataclasses with units
in their names.
"""

from analysis.errors import AnalysisError
from analysis.levels import Level, assign_levels, find_levels
from analysis.minor_loop import MinorLoop, measure_minor_loop
from analysis.switching import (
    CriticalVoltage,
    Switch,
    critical_voltage,
    find_switches,
    first_arrivals,
    state_distribution,
)

__all__ = [
    "AnalysisError",
    "CriticalVoltage",
    "Level",
    "MinorLoop",
    "Switch",
    "assign_levels",
    "critical_voltage",
    "find_levels",
    "find_switches",
    "first_arrivals",
    "measure_minor_loop",
    "state_distribution",
]
