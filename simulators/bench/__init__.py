"""Virtual instruments, SCPI in and SCPI out, wired to one simulated device.

A lab is a device in a declared circuit with its instruments and its own time. `open_lab` sets one
up; PyVISA reaches it as `@dwmtj`, any other program through the ports of a `LabServer`. The room
knows the device and nothing else of the project: whoever drives a lab cannot tell it from a bench.
"""

from simulators.bench.clock import SimulatedClock
from simulators.bench.errors import LabError
from simulators.bench.lab import Lab, forget_labs, open_lab
from simulators.bench.lab_file import LabFile, lab_names, read_lab_file
from simulators.bench.server import LabServer, serve
from simulators.bench.twins import use_models
from simulators.bench.visa import VirtualBenchLibrary

__all__ = [
    "Lab",
    "LabError",
    "LabFile",
    "LabServer",
    "SimulatedClock",
    "VirtualBenchLibrary",
    "forget_labs",
    "lab_names",
    "open_lab",
    "read_lab_file",
    "serve",
    "use_models",
]
