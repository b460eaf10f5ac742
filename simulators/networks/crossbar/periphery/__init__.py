"""What the circuit around an array does to its outputs."""
