"""Sweeps: independent tasks side by side, each computed once, in processes or on dask."""
