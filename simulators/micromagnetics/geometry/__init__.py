"""The outline of a track and its area-weighted cells."""
