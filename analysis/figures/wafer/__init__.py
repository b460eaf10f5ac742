"""Figures of a wafer: maps of its dies, and its devices die by die."""
