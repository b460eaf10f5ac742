"""Synapse technologies on one online-learning task."""
