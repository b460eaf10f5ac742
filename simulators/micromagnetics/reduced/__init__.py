"""The reduced model of a wall: position and angle, with pinning tabulated from the film."""
