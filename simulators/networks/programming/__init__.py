"""Trained weights written onto devices, single shot or write-verify, and read back."""
