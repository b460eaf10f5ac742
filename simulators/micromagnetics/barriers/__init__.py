"""Minimum-energy paths of a wall out of a notch, and the times that it stays there."""
