from .circuit.clock import SimulatedClock
from .circuit.largest import LargestValues
from .errors import LabError
from .lab import Lab, forget_labs, open_lab
from .lab_file import LabFile, lab_names, read_lab_file
from .server import LabServer, serve
from .twins import ResolveModel
from .visa.library import VirtualBenchLibrary

__all__ = [
    "Lab",
    "LabError",
    "LabFile",
    "LabServer",
    "LargestValues",
    "ResolveModel",
    "SimulatedClock",
    "VirtualBenchLibrary",
    "forget_labs",
    "lab_names",
    "open_lab",
    "read_lab_file",
    "serve",
]
