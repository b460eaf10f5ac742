"""Writing of a run: its points and warnings, and what becomes of them when the file cannot be."""
