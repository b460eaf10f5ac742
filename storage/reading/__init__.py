"""Reading of points: as a DataFrame, as a CSV file, and as columns for a reader that polls."""
