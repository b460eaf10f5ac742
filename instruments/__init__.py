"""What a protocol needs of the instruments, and how PyMeasure's drivers fulfil it.

`load_bench_file` reads a bench file and `open_bench` opens it: a `Bench` with a pulse generator,
a magnet, a resistance meter and, for an array, a switch, in SI units, behind limits that no set
point can pass, and one way to the safe state. Protocols see the roles, never a driver; whether the
instruments behind them are real is decided by the VISA library the file names.
"""

from instruments.bench import Bench, open_bench
from instruments.bench_file import BenchFile, built_in_benches, load_bench_file, parse_bench_file
from instruments.clock import Clock, WallClock
from instruments.errors import BenchError, LimitError, OpenJunctionError
from instruments.limits import Demands, Limits
from instruments.roles import Magnet, PulseGenerator, PulseShape, Reading, ResistanceMeter, Switch

__all__ = [
    "Bench",
    "BenchError",
    "BenchFile",
    "Clock",
    "Demands",
    "LimitError",
    "Limits",
    "Magnet",
    "OpenJunctionError",
    "PulseGenerator",
    "PulseShape",
    "Reading",
    "ResistanceMeter",
    "Switch",
    "WallClock",
    "built_in_benches",
    "load_bench_file",
    "open_bench",
    "parse_bench_file",
]
