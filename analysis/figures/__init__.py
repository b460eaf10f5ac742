"""The figures of the synapse paper, drawn from a run's points in one house style.

Each function takes points and returns a `Panel`: what to paint and the numbers behind it. It raises
AnalysisError where the points have nothing to show, so no figure is ever empty. `panels_of` finds
the panels a run has, `first_panel` the first of them alone; `draw` paints some side by side, `save`
writes one with its data.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
