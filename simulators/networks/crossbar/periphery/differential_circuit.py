"""The differential circuit of the synapse paper's Fig. 4a: a weight is two tracks, read together.

Input x drives the positive device of a pair with +x V and the negative one with −x V; the junctions
of all pairs of an output meet at one node. A device of conductance G behind a resistance r (part of
its track, contacts, selector) conducts g = G/(1 + r G). A readout of input resistance R takes from
the node, by Kirchhoff's law,

    I = V Σ x (g₊ − g₋) / (1 + R Σ (g₊ + g₋)).

With r = R = 0, a transimpedance amplifier, I is V (G₊ − G₋) x: the product that the networks
compute (see `mapping`), exactly. R scales each output by a factor of its own, r compresses the
levels of high conductance. A comparator in place of the amplifier keeps the sign of I alone: one
weight, read by itself, is then +1 or −1, which the synapse paper calls binarised. With Gaussian
errors σ₊ and σ₋ of the two conductances and σ₀ of the comparator's offset it reads the other sign
with probability

    P = Φ(−|I|/σ),  σ² = V² (σ₊²/(1 + r G₊)⁴ + σ₋²/(1 + r G₋)⁴)/(1 + R (g₊ + g₋))² + σ₀².

Valid for voltages at which the junctions are linear, and errors small against G; lines between the
devices are ideal here (see `line_resistance`). The synapse paper draws the circuit (Fig. 4a and the
text on it) and gives no values: voltage, resistances and offset are the caller's.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from .....arrays import Floats
from ...errors import NetworkError
from ..devices import DeviceLevels


@dataclass(frozen=True, slots=True)
class DifferentialCircuit:
    """Read voltage (V), resistance in series with a device and of the readout (Ω), offset (A)."""

    read_V: float = 0.1
    series_ohm: float = 0.0
    readout_ohm: float = 0.0
    offset_std_A: float = 0.0

    def __post_init__(self) -> None:
        """Raise NetworkError for what is no circuit."""
        values = (self.read_V, self.series_ohm, self.readout_ohm, self.offset_std_A)
        if not np.isfinite(values).all() or self.read_V <= 0 or min(values) < 0:
            raise NetworkError(
                "A differential circuit has a read voltage above 0 V, and resistances and an "
                "offset of 0 or more."
            )

    def current_A(self, inputs: Floats, positive_S: Floats, negative_S: Floats) -> Floats:
        """Return the current of every output, (n, outputs).

        `inputs` (n, inputs) are multiples of the read voltage, conductances (outputs, inputs).
        """
        positive, negative = self._behind(positive_S), self._behind(negative_S)
        load = 1 + self.readout_ohm * (positive + negative).sum(axis=1)
        return np.asarray(self.read_V * inputs @ (positive - negative).T / load)

    def outputs(
        self, inputs: Floats, positive_S: Floats, negative_S: Floats, devices: DeviceLevels
    ) -> Floats:
        """Return the currents as the networks have them: in units of V times the range."""
        currents_A = self.current_A(inputs, positive_S, negative_S)
        return np.asarray(currents_A / (self.read_V * devices.range_S))

    def _behind(self, conductance_S: Floats) -> Floats:
        return np.asarray(conductance_S / (1 + self.series_ohm * conductance_S))


@dataclass(frozen=True, slots=True)
class PairReadout:
    """Every weight of a pair, (weights,), through the circuit to its readout.

    `weight` is what the networks take, `read` what the circuit gives, in the same units: 1 is the
    whole range of an ideal circuit. `wrong_sign` is the probability that a comparator reads the
    other sign; of the weight 0 it is 1/2.
    """

    weight: Floats
    positive_S: Floats
    negative_S: Floats
    current_A: Floats
    read: Floats
    wrong_sign: Floats


def read_pair(devices: DeviceLevels, circuit: DifferentialCircuit) -> PairReadout:
    """Read each weight of a pair by itself, one device at its lowest, as the networks map it."""
    levels_S, stds_S = np.array(devices.conductance_S), np.array(devices.std_S)
    count = len(levels_S)
    steps = np.arange(1 - count, count)
    up, down = np.clip(steps, 0, None), np.clip(-steps, 0, None)
    positive_S, negative_S = levels_S[up], levels_S[down]
    one = np.ones((1, 1))
    currents_A = circuit.current_A(one, positive_S[:, None], negative_S[:, None])[0]
    slopes = [1 / (1 + circuit.series_ohm * each) ** 2 for each in (positive_S, negative_S)]
    errors_S = np.hypot(stds_S[up] * slopes[0], stds_S[down] * slopes[1])
    both_S = sum(each / (1 + circuit.series_ohm * each) for each in (positive_S, negative_S))
    noise_A = np.hypot(
        circuit.read_V * errors_S / (1 + circuit.readout_ohm * both_S), circuit.offset_std_A
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        distances = np.where(currents_A == 0, 0.0, np.abs(currents_A) / noise_A)
    return PairReadout(
        (positive_S - negative_S) / devices.range_S,
        positive_S,
        negative_S,
        currents_A,
        currents_A / (circuit.read_V * devices.range_S),
        np.asarray(ndtr(-distances)),
    )
