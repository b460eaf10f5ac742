"""The current densities at which a notch lets a domain wall go."""
