"""The DW-MTJ itself, as physics: a wall in a notched track under a tunnel junction.

A `Device` is one device or an array of them. It is driven with voltages on its track and fields,
and read through its junction; it does no I/O and has no clock of its own. `load_device` reads its
parameters from a preset or a TOML file. The physics is spread over `track` (geometry), `depinning`
(thresholds and rates), `kernel` (what a drive does), `readout` (the junction) and `noise`; each
states its equations and where they hold. A `Twin` is driven and read alike, but repeats what was
measured: the transitions of a state model, given as its plain JSON document.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
