"""A wafer's devices together: how they vary from die to die and on a die, and their yield."""
