"""The parts of a protocol that a point can belong to."""

from enum import StrEnum


class Phase(StrEnum):
    """Part of a protocol in which a point was measured; stored as its text.

    A protocol of one's own, or an imported file, may name phases that are not listed here: a
    point takes any text.
    """

    SATURATE = "saturate"
    """Reading in the field that saturates the junction."""
    BIAS = "bias"
    """Reading in the bias field, before the first pulse."""
    WRITE = "write"
    """Reading after a positive pulse, which moves the wall forward."""
    RESET = "reset"
    """Reading after a negative pulse, which moves the wall back."""
    RAMP = "ramp"
    """Reading after a pulse of a repeated ramp, which begins at saturation."""
    READ = "read"
    """Reading without a pulse."""
    LOOP = "loop"
    """Reading at one field of a minor loop."""
    IV = "iv"
    """Reading at one current of a current sweep."""
    PREPARE = "prepare"
    """Reading after a pulse that brings the wall to where the measurement begins."""
