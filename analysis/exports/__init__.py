"""State models in the forms of other programs: CrossSim, aihwkit, NeuroSim, CSV and plain JSON.

Each module writes one form as text; its docstring has what that program can represent.
`write_export` writes the files.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
