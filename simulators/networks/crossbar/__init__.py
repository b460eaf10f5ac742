"""Networks on crossbars: weights as pairs of conductances, converters, line resistance."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
