from .bench import Bench, open_bench
from .bench_file import BenchFile, built_in_benches, load_bench_file, parse_bench_file
from .clock import Clock, WallClock
from .errors import BenchError, ExchangeError, LimitError, OpenJunctionError
from .limits import Limits, SetPoints
from .roles import (
    Magnet,
    PulseGenerator,
    PulseShape,
    Reading,
    ResistanceMeter,
    Switch,
    TemperatureController,
)
from .stop_conditions import StopConditions

__all__ = [
    "Bench",
    "BenchError",
    "BenchFile",
    "Clock",
    "ExchangeError",
    "LimitError",
    "Limits",
    "Magnet",
    "OpenJunctionError",
    "PulseGenerator",
    "PulseShape",
    "Reading",
    "ResistanceMeter",
    "SetPoints",
    "StopConditions",
    "Switch",
    "TemperatureController",
    "WallClock",
    "built_in_benches",
    "load_bench_file",
    "open_bench",
    "parse_bench_file",
]
