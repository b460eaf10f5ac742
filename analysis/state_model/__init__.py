"""The state model of a device: levels, spreads, transition probabilities, and their origin.

A model is data. It is calibrated from runs, read from a file or found in a store, sampled by
networks and mounted as a digital twin on the virtual bench.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
