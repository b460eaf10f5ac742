"""Figures of several runs: devices side by side, before and after, states, pulse widths."""
