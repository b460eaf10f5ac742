"""Protocols that choose their pulses from what they read."""
