"""The instruments of a bench: roles, adapters over PyMeasure's drivers, limits, safe state.

`load_bench_file` reads a bench file and `open_bench` opens it: a `Bench` with a pulse generator,
a magnet, a resistance meter and, for an array, a switch, for a wafer a prober, in SI units, behind
limits that no set point can pass, and one way to the safe state. Protocols see the roles, never a
driver; whether the instruments behind them are real is decided by the VISA library the file names.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
