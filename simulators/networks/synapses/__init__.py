"""Synapses: ideal, exponential, tabulated and measured devices that take updates."""
