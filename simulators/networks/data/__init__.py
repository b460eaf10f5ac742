"""Data sets in their official formats: fetched once, checked, and batched."""
