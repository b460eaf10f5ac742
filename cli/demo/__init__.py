"""`dwmtj demo`: two virtual synapses measured and compared with the published numbers."""
