"""From runs on a device to its state model: levels, transitions, noise and retention, fitted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
