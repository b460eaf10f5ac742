"""State models: calibrated from runs, looked at, compared, mounted as twins, and learned with."""
