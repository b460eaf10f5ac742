"""Adapters of switch systems, and what they share."""
