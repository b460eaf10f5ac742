"""Imported by the server that processes are forked from: what they would each do once, is done.

PyMeasure's units are read with the first protocol, and numba's with the first compiled function.
"""

from dwmtj.protocols.catalogue import make_protocol
from dwmtj.simulators.bench.lab import open_lab

make_protocol("saturate")
open_lab("trapezoid?name=warm-up")
