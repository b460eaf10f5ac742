"""Energy, time and area of training on devices, from the counts of an actual training.

The network 784-128-10 learns on line (see `comparison.online_learning`): the pulses that every
batch fired are counted, those of the longest train separately. For each image and each layer of R
inputs and C outputs, read bit by bit over B cycles,

    forward    devices B a V² T Σ G, converters B C ⌈R/rows⌉ conversions,
    backward   the same of the transposed array, but of the first layer: C inputs, R outputs,
    gradient   R C digital multiply-adds,
    pulses     counted, times the energy of one,
    memory     of each number that the rule keeps for a weight, one read and one write a batch.

Σ G is of every device at the middle of its range, a reference column of each array included.
Images follow one another, layers too, no pipeline; all devices of a batch are pulsed at once, or
row by row. Drivers, buffers, digital activations, communication and leakage are not in it, and for
the digital case the weights' memory is: one read forward, one backward, one update a batch.
"""

from dataclasses import dataclass, field
from math import ceil

from ..comparison.update_rules import PERIOD, Rule
from ..crossbar.devices import ConductanceRange
from ..neuron_network.training import SHAPES
from .assumptions import Circuit, DeviceGeometry, Stated

KEPT: dict[Rule, int] = {"sgd": 0, "mixed-precision": 1, "tiki-taka": 1, "metaplastic": 2}
MEMORY_J = Stated(
    50e-12,
    "J",
    "32 bits read or written, cache of 1 MB (100 pJ for 64 bits)",
    "Horowitz, ISSCC 2014, Fig. 1.1.9 (45 nm, 0.9 V)",
)


@dataclass(frozen=True, slots=True)
class TrainingCounts:
    """What a training did: images shown, updates, pulses of all devices, and the longest trains.

    `longest` is the sum over updates of the longest train of pulses; `devices` are those of a
    weight.
    """

    rule: Rule
    images: int
    updates: int
    pulses: int
    longest: int
    devices: int = 1

    @property
    def weights(self) -> int:
        return sum(outputs * inputs for outputs, inputs in SHAPES)


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """Cost of a training; energies in J, times in s."""

    counts: TrainingCounts
    between: ConductanceRange = field(default_factory=ConductanceRange)
    circuit: Circuit = field(default_factory=Circuit)

    @property
    def reading_J(self) -> float:
        """Energy of the devices read, forward and backward, and between arrays."""
        mean_S = (self.between.low_S + self.between.high_S) / 2
        one_J = self.circuit.read_V.value**2 * self.circuit.cycle_s.value * mean_S
        bits = self.circuit.input_bits.value * self.circuit.activity.value
        read = sum(r * (c + self._blocks(c)) for c, r in SHAPES)  # a reference column each array
        read += sum((r + self._blocks(r)) * c for c, r in SHAPES[1:])
        return self.counts.images * bits * one_J * read + self._columns_read * one_J

    @property
    def converters_J(self) -> float:
        """Energy of the conversions, forward and backward, and between arrays."""
        conversions = sum(c * self._blocks(r) for c, r in SHAPES)
        conversions += sum(r * self._blocks(c) for c, r in SHAPES[1:])
        in_all = self.counts.images * self.circuit.input_bits.value * conversions
        return (in_all + self._columns_read) * self.circuit.conversion_J.value

    @property
    def gradient_J(self) -> float:
        """Energy of the products of errors and inputs, digital."""
        return self.counts.images * self.counts.weights * self.circuit.digital_J.value

    @property
    def memory_J(self) -> float:
        """Energy of the digital memory of what the rule keeps of each weight."""
        numbers = KEPT[self.counts.rule] * self.counts.weights
        return 2 * numbers * self.counts.updates * MEMORY_J.value

    @property
    def before_pulses_J(self) -> float:
        """Energy of all but the write pulses."""
        return self.reading_J + self.converters_J + self.gradient_J + self.memory_J

    @property
    def digital_J(self) -> float:
        """Energy of the same training without devices: multiply-adds and the weights' memory."""
        errors = sum(r * c for c, r in SHAPES[1:])
        adds = self.counts.images * (2 * self.counts.weights + errors)
        accesses = 4 * self.counts.updates * self.counts.weights
        return adds * self.circuit.digital_J.value + accesses * MEMORY_J.value

    @property
    def reading_s(self) -> float:
        """Time of the cycles in which arrays are read, one image after another."""
        cycles = self.counts.images * self.circuit.input_bits.value * (2 * len(SHAPES) - 1)
        transfers = self.counts.updates * ceil(SHAPES[0][1] / PERIOD) if self._is_twice else 0
        return (cycles + transfers) * self.circuit.cycle_s.value

    def writing_s(self, pulse_s: float) -> tuple[float, float]:
        """Return the time of the write pulses, all devices at once, and row by row."""
        at_once = self.counts.longest * pulse_s
        return at_once, at_once * self.circuit.rows.value

    def area_m2(self, geometry: DeviceGeometry) -> tuple[float, float]:
        """Return the area of all tracks, references included, and that of the converters."""
        rows = int(self.circuit.rows.value)
        arrays = sum(self._blocks(r) * self._blocks(c) for c, r in SHAPES) * self.counts.devices
        devices = self.counts.weights * self.counts.devices + arrays * rows
        # rows are converted in the backward pass, too: a second converter
        return devices * geometry.area_m2, 2 * arrays * self.circuit.converter_m2.value

    @property
    def _is_twice(self) -> bool:
        return self.counts.rule == "tiki-taka"

    @property
    def _columns_read(self) -> int:
        """Devices that tiki-taka reads of the fast array, one by one in a column."""
        each = sum(ceil(r / PERIOD) * c for c, r in SHAPES)
        return self.counts.updates * each if self._is_twice else 0

    def _blocks(self, lines: int) -> int:
        return ceil(lines / int(self.circuit.rows.value))
