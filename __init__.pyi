from .analysis import (
    critical_voltage,
    find_levels,
    find_switches,
    measure_levels,
    measure_minor_loop,
    measure_read_noise,
    measure_retention,
)
from .analysis.calibration import calibrate, calibrate_stored, calibration_runs
from .analysis.state_model import StateModel, find_model
from .errors import DwmtjError
from .instruments import load_bench_file, open_bench
from .protocols import make_protocol, run
from .simulators.device import Device, load_device
from .simulators.networks import from_analog, to_analog
from .station import Station
from .storage import Store

__version__: str

__all__ = [
    "Device",
    "DwmtjError",
    "StateModel",
    "Station",
    "Store",
    "calibrate",
    "calibrate_stored",
    "calibration_runs",
    "critical_voltage",
    "find_levels",
    "find_model",
    "find_switches",
    "from_analog",
    "load_bench_file",
    "load_device",
    "make_protocol",
    "measure_levels",
    "measure_minor_loop",
    "measure_read_noise",
    "measure_retention",
    "open_bench",
    "run",
    "to_analog",
]
