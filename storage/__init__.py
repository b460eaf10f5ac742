"""Storage of runs: what was set and read, with which instruments and code, on which device.

One SQLite file holds the tables of `schema`; a Store opens it, begins and resumes runs, and lists,
loads and exports them. Each point is a transaction of its own, and readers never block a run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
