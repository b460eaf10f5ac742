"""One module per PyMeasure driver: how that driver fulfils a role, and nothing about limits."""
