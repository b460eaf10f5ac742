"""Files of other programs, imported as runs: their columns, rows and cycles."""
