"""Switching statistics: trials, critical voltages, depinning thresholds, endurance."""
