"""`dwmtj models`: list, show, compare and export state models."""
