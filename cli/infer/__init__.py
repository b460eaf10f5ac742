"""`dwmtj infer`: trained networks on devices."""
