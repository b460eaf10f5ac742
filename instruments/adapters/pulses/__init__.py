"""Adapters of pulse generators, and what those that fire at a bus trigger share."""
