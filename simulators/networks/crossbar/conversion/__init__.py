"""From a trained module to one whose weights devices can hold, and the proof that it is the same."""
