"""Runs in the store: how they begin, resume and end, how they are listed, marked and deleted."""
