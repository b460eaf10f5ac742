"""Many tasks side by side, each computed once: here, in processes, or on a dask cluster."""
