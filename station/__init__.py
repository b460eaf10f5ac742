"""The process that owns a bench: its queue of runs, what is done by hand, and its safe state.

The window, a script and the command line are its clients; they may come, go and die while it runs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
