"""From the points of a run to numbers and figures: levels, switching, minor loops.

Pure functions over the data frames that the store gives out; results are dataclasses with units
in their names and 95 % confidence intervals.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
