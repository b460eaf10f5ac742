"""Imported by the server that processes are forked from: what they would each do once, is done.

PyMeasure's units are read with the first protocol, and numba's with the first compiled function.
Python's collections of garbage leave out what is there by then: they would copy all of it into
each process.
"""

import gc

from dwmtj.protocols.catalogue import make_protocol
from dwmtj.simulators.bench.lab import open_lab

make_protocol("saturate")
open_lab("trapezoid?name=warm-up")
gc.collect()
gc.freeze()
