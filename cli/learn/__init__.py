"""`dwmtj learn`: networks trained on devices' levels and transitions."""
