from .aihwkit import aihwkit_json, aihwkit_preset
from .crosssim import crosssim_device
from .neurosim import neurosim_parameters
from .tables import levels_csv, transitions_csv
from .write import FORMATS, write_export

__all__ = [
    "FORMATS",
    "aihwkit_json",
    "aihwkit_preset",
    "crosssim_device",
    "levels_csv",
    "neurosim_parameters",
    "transitions_csv",
    "write_export",
]
