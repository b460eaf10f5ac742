"""One module per PyMeasure driver: how that driver fulfils a role.

Supplies, pulse generators and lock-ins are in folders with what those of their kind share;
`source_meter` holds what all source-meters do, and `absent` stands for what a bench lacks.
"""
