"""Groups of readings: plateaus, mixtures, what few visits split, and devices without levels."""
