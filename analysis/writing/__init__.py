"""Write policies: which pulse at which level reaches a target, and what writing achieved."""
