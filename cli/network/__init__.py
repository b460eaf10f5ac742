"""`dwmtj network`: trained weights written onto an array of devices and read back."""
