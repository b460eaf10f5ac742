"""Resistance levels: plateaus, their mixture, visits, and the most likely sequence of states."""
