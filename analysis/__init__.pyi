from .errors import AnalysisError
from .estimate import Estimate
from .levels.conductance import ConductanceLevel, conductance_levels
from .levels.find import Level, LevelReport, assign_levels, find_levels, measure_levels
from .levels.grouping.gradual import GradualDeviceError
from .levels.state_map import StateMap, state_maps
from .loop_branches import Branch, branches_of
from .minor_loop import MinorLoop, measure_minor_loop
from .outlier_summary import Outliers
from .read_noise import NoiseSpectrum, measure_read_noise
from .retention import Retention, measure_retention
from .switching.adaptive_threshold import measure_adaptive_threshold
from .switching.depinning import Depinning, fit_depinning
from .switching.endurance import Endurance, measure_endurance
from .switching.frozen_share import FrozenShare, Trains, measure_frozen_share
from .switching.metaplasticity import Metaplasticity, fit_metaplasticity, wall_position
from .switching.moves import Moves, measure_moves
from .switching.probability import (
    Sigmoid,
    SwitchingProbability,
    fit_sigmoid,
    switching_probability,
    threshold_between,
)
from .switching.thresholds import Threshold, find_thresholds
from .switching.trials import Trials, switching_trials
from .switching.voltages import (
    CriticalVoltage,
    SwitchingEvent,
    critical_voltage,
    find_switches,
    first_arrivals,
    levels_crossed_shares,
    one_step_resets,
    voltage_statistics,
)
from .switching.width_ratio import DepinningVoltages, depinning_voltages
from .update import (
    UpdateCurve,
    asymmetry,
    fit_update,
    neurosim_A,
    neurosim_label,
    pulse_energy_J,
)
from .weight.curves import WeightUpdate, asymmetry_of, measure_updates
from .weight.energy import Track, UpdateEnergy, measure_update_energy

__all__ = [
    "AnalysisError",
    "Branch",
    "ConductanceLevel",
    "CriticalVoltage",
    "Depinning",
    "DepinningVoltages",
    "Endurance",
    "Estimate",
    "FrozenShare",
    "GradualDeviceError",
    "Level",
    "LevelReport",
    "Metaplasticity",
    "MinorLoop",
    "Moves",
    "NoiseSpectrum",
    "Outliers",
    "Retention",
    "Sigmoid",
    "StateMap",
    "SwitchingEvent",
    "SwitchingProbability",
    "Threshold",
    "Track",
    "Trains",
    "Trials",
    "UpdateCurve",
    "UpdateEnergy",
    "WeightUpdate",
    "assign_levels",
    "asymmetry",
    "asymmetry_of",
    "branches_of",
    "conductance_levels",
    "critical_voltage",
    "depinning_voltages",
    "find_levels",
    "find_switches",
    "find_thresholds",
    "first_arrivals",
    "fit_depinning",
    "fit_metaplasticity",
    "fit_sigmoid",
    "fit_update",
    "levels_crossed_shares",
    "measure_adaptive_threshold",
    "measure_endurance",
    "measure_frozen_share",
    "measure_levels",
    "measure_minor_loop",
    "measure_moves",
    "measure_read_noise",
    "measure_retention",
    "measure_update_energy",
    "measure_updates",
    "neurosim_A",
    "neurosim_label",
    "one_step_resets",
    "pulse_energy_J",
    "state_maps",
    "switching_probability",
    "switching_trials",
    "threshold_between",
    "voltage_statistics",
    "wall_position",
]
