"""Micromagnetics of notched tracks: where a device's thresholds and transfer curves come from.

The Landau-Lifshitz-Gilbert equation with spin-orbit torque on a grid of square cells in one layer.
`geometry` makes area-weighted cells of a track; each term of the effective field is a file of
`terms`, with its equation; `dynamics` integrates in time; `thresholds` finds the currents at which
a notch lets a wall go. `load_track` reads a track from a TOML file. All in SI units.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
