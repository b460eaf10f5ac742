"""Sweeps: independent tasks side by side, each computed once, in processes or on dask."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
