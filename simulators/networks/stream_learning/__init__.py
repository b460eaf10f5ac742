"""Stream learning with metaplastic synapses."""
