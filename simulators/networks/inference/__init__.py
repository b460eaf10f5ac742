"""Inference studies: accuracy against levels and programming errors."""
