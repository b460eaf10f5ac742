"""From a trained module to one for devices, and the proof that it is the same."""
