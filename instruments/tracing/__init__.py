"""A trace: every exchange with every instrument, and the steps that caused them, a line each.

`trace_to` writes one, `read_trace` reads it back. A `step` is an action worth seeing in a trace or
in a log, with arguments, result and duration; steps nest, as in labgrid. Nothing is wrapped, and a
step is one comparison, while no trace is written.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
