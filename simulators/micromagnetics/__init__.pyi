from .dynamics.simulation import Accuracy, Simulation
from .dynamics.thermal_simulation import ThermalSimulation
from .errors import MicromagneticsError
from .film import Film, demagnetisation_of, energies_J, film_of
from .geometry.cells import Cells, cells_of, full_cells
from .geometry.roughness import Roughness
from .geometry.track import Notch, Track
from .material import Material, SpinOrbitTorque
from .neuron import NeuronPulse, TransferCurve, transfer_curve
from .ovf import read_ovf, write_ovf
from .picture import write_picture
from .thresholds.depth_series import (
    DepthPoint,
    depth_series,
    expected_runs_of_series,
    slopes_A_per_m3,
    tracks_of_depths,
)
from .thresholds.search import Search
from .thresholds.thresholds import NotchThresholds, expected_runs, notch_thresholds
from .track_file import TrackFile, load_track
from .wall import Wall, read_wall, straight_wall

__all__ = [
    "Accuracy",
    "Cells",
    "DepthPoint",
    "Film",
    "Material",
    "MicromagneticsError",
    "NeuronPulse",
    "Notch",
    "NotchThresholds",
    "Roughness",
    "Search",
    "Simulation",
    "SpinOrbitTorque",
    "ThermalSimulation",
    "Track",
    "TrackFile",
    "TransferCurve",
    "Wall",
    "cells_of",
    "demagnetisation_of",
    "depth_series",
    "energies_J",
    "expected_runs",
    "expected_runs_of_series",
    "film_of",
    "full_cells",
    "load_track",
    "notch_thresholds",
    "read_ovf",
    "read_wall",
    "slopes_A_per_m3",
    "straight_wall",
    "tracks_of_depths",
    "transfer_curve",
    "write_ovf",
    "write_picture",
]
