"""Networks whose synapses are devices: data sets, training, and what the papers found with them.

This package itself needs no torch; the modules that train do, and `require_learning` says in one
sentence how to install it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
