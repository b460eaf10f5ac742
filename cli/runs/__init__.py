"""`dwmtj runs`: list, show, import, export and replay stored runs."""
