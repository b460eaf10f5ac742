"""The window's line to the station, and its work outside the Qt thread."""
