"""The simulated half of the bench: the device itself and the virtual instruments around it."""
