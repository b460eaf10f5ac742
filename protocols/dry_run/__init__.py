"""What a protocol will do on a bench, without instruments: pulses, field, points, duration."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
