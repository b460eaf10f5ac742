"""Write, reset, cycling and field protocols, and the runner that measures with them.

A protocol declares its parameters and yields points (`steps`); the runner opens a run, commits
every point, publishes it, and reaches the safe state on every exit path.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
