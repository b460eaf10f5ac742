"""One module per PyMeasure driver: how that driver fulfils a role.

`coil_ramp` holds what every supply of a coil needs, `absent` stands for what a bench lacks.
"""
