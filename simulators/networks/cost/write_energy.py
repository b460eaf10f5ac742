"""Energy of a write pulse: as the synapse paper prints it, and as its voltages mean it.

Table 1 has 0.124 pJ for 50 ns at ±0.2 V, which is V² T/R of 16 kΩ. The same paper moves the wall at
critical voltages of 1.5 to 3.7 V (trapezoid). Across the simulated track, 400 Ω a square, these
pulses heat by

    E = V² (T − (rise + fall)/6)/R,

edges from 0 to 100 %: 94 to 573 pJ, 760 to 4,600 times as much. (V/0.2 V)² is 56 to 340 of it, the
resistance, 15 times lower, most of the rest. 0.2 V drive 12 µA through 16 kΩ, less than 1 % of the
current at which the measured walls move; the paper does not say where the 0.2 V are applied.
"""

from dataclasses import dataclass
from math import log

from ....analysis.update import pulse_energy_J
from ...device import load_device

PRINTED_J = 0.124e-12
PRINTED_V = 0.2
WIDTH_s = 50e-9
EDGE_s = 12.5e-9  # 10 ns from 10 to 90 %
CRITICAL_V = {
    "first notch": 1.5,
    "second notch": 3.0,
    "third notch": 3.5,
    "reset": 3.7,
}
"""The trapezoid's voltages, synapse paper, Fig. 2 and the text on it.

The wall has reached the first notch by 1.5 V.
"""


@dataclass(frozen=True, slots=True)
class PulseEnergy:
    """A pulse on the trapezoidal device, and its energy across the simulated track."""

    move: str
    amplitude_V: float
    energy_J: float

    @property
    def times_printed(self) -> float:
        return self.energy_J / PRINTED_J


def trapezoid_ohm() -> float:
    """Return ∫ρ/(w t) dx of the simulated trapezoid's track, from contact to contact."""
    track = load_device("trapezoid").track
    (x0, w0), (x1, w1) = track.profile_m[0], track.profile_m[-1]
    squares = (x1 - x0) * log(w1 / w0) / (w1 - w0)
    return track.resistivity_ohm_m / track.heavy_metal_thickness_m * squares


def pulse_energies() -> tuple[PulseEnergy, ...]:
    """Return the energy of the published critical voltages, in the order in which they move."""
    track_ohm = trapezoid_ohm()
    return tuple(
        PulseEnergy(move, volt, pulse_energy_J(volt, WIDTH_s, track_ohm, EDGE_s, EDGE_s))
        for move, volt in CRITICAL_V.items()
    )


def printed_ohm() -> float:
    """Return the resistance that the printed energy, voltage and width mean together."""
    return PRINTED_V**2 * WIDTH_s / PRINTED_J
