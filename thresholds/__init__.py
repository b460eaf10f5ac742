"""Thresholds from single pulses: what a measurement of one decides by, and its analysis again.

Protocols choose the next amplitude from the posterior, and analysis computes the same posterior
from the stored points; neither imports the other. Only numpy and scipy are needed here.
"""
