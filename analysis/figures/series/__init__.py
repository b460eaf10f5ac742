"""Figures of readings without pulses: their noise, and how long a state is held."""
