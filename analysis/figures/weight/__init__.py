"""Figures of the weight update: potentiation and depression, energy, the metaplastic function."""
