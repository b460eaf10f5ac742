from .barriers.notch_barriers import Barrier, NotchBarriers, notch_barriers
from .dynamics.simulation import Accuracy, Simulation
from .dynamics.tensor_simulation import TensorSimulation
from .dynamics.thermal_simulation import ThermalSimulation
from .errors import MicromagneticsError
from .film import Film, demagnetisation_of, energies_J, film_of
from .geometry.cells import Cells, cells_of, full_cells
from .geometry.roughness import Roughness
from .geometry.track import Notch, Track
from .material import Material, SpinOrbitTorque
from .movie import write_movie
from .neuron import NeuronPulse, TransferCurve, transfer_curve
from .ovf import read_ovf, write_ovf
from .picture import write_picture
from .synapse import Synapse, SynapseNotch, check_levels, expected_synapse_runs, synapse_of
from .thresholds.control_scan import ControlPoint, control_scan
from .thresholds.controls import Variant, variants_of
from .thresholds.depth_series import (
    DepthPoint,
    depth_series,
    expected_runs_of_series,
    slopes_A_per_m3,
    tracks_of_depths,
)
from .thresholds.search import Search
from .thresholds.thresholds import NotchThresholds, expected_runs, notch_thresholds
from .thresholds.wanted_voltages import (
    ProposedLevel,
    depth_tolerances_m,
    proposed_levels,
    swap_probability,
)
from .track_file import Assumptions, HeavyMetal, TrackFile, TunnelJunction, load_track
from .wall import Wall, read_wall, straight_wall

__all__ = [
    "Accuracy",
    "Assumptions",
    "Barrier",
    "Cells",
    "ControlPoint",
    "DepthPoint",
    "Film",
    "HeavyMetal",
    "Material",
    "MicromagneticsError",
    "NeuronPulse",
    "Notch",
    "NotchBarriers",
    "NotchThresholds",
    "ProposedLevel",
    "Roughness",
    "Search",
    "Simulation",
    "SpinOrbitTorque",
    "Synapse",
    "SynapseNotch",
    "TensorSimulation",
    "ThermalSimulation",
    "Track",
    "TrackFile",
    "TransferCurve",
    "TunnelJunction",
    "Variant",
    "Wall",
    "cells_of",
    "check_levels",
    "control_scan",
    "demagnetisation_of",
    "depth_series",
    "depth_tolerances_m",
    "energies_J",
    "expected_runs",
    "expected_runs_of_series",
    "expected_synapse_runs",
    "film_of",
    "full_cells",
    "load_track",
    "notch_barriers",
    "notch_thresholds",
    "proposed_levels",
    "read_ovf",
    "read_wall",
    "slopes_A_per_m3",
    "straight_wall",
    "swap_probability",
    "synapse_of",
    "tracks_of_depths",
    "transfer_curve",
    "variants_of",
    "write_movie",
    "write_ovf",
    "write_picture",
]
