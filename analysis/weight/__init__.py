"""The weight update of a run: potentiation and depression against pulse number, and its energy."""
