"""Adapters of the current sources of a magnet's coil, and what they share."""
