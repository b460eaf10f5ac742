"""`dwmtj apply`: from a device's measurement to a network's accuracy."""
