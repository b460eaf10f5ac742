"""One module per PyMeasure driver: how that driver fulfils a role.

`coil_ramp` holds what every supply of a coil needs, `source_meter` and `triggered_pulses` what all
instruments of their kind do, and `absent` stands for what a bench lacks.
"""
