"""Where every run is kept: what was set, what was read, with what, by which code, on which device.

One SQLite file holds the tables of `schema`; a Store opens it, begins and resumes runs, and lists,
loads and exports them. Points are committed one by one, and readers never hold up a run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
