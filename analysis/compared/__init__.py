"""Several runs beside each other: two states, two times, or many devices."""
