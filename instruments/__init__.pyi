from .bench import Bench
from .bench_file import BenchFile, built_in_benches, load_bench_file, parse_bench_file
from .clock import Clock, WallClock
from .drivers import open_bench
from .errors import BenchError, ContactError, ExchangeError, LimitError, OpenJunctionError
from .limits import Limits, SetPoints
from .roles import (
    Magnet,
    Prober,
    PulseGenerator,
    PulseShape,
    Reading,
    ResistanceMeter,
    Switch,
    TemperatureController,
    WaferSite,
)
from .stop_conditions import StopConditions

__all__ = [
    "Bench",
    "BenchError",
    "BenchFile",
    "Clock",
    "ContactError",
    "ExchangeError",
    "LimitError",
    "Limits",
    "Magnet",
    "OpenJunctionError",
    "Prober",
    "PulseGenerator",
    "PulseShape",
    "Reading",
    "ResistanceMeter",
    "SetPoints",
    "StopConditions",
    "Switch",
    "TemperatureController",
    "WaferSite",
    "WallClock",
    "built_in_benches",
    "load_bench_file",
    "open_bench",
    "parse_bench_file",
]
