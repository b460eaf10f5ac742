"""Readings without pulses: at a constant interval, for noise and retention, and against current."""

from collections.abc import Iterator

from pymeasure.experiment import FloatParameter, IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import (
    BenchProcedure,
    amplitude_parameter,
    cycles_parameter,
    field_parameter,
    ladder,
)
from .pulsed import StaircaseWrite


class ReadSeries(StaircaseWrite):
    """For each cycle: saturate, set the bias field, write with a staircase or not, then read.

    A reading starts every `interval_s`, or as soon as the meter is ready if that takes longer. No
    pulse is fired between readings: changes are read noise, drift, or a wall that depins.
    """

    name = "read-series"
    summary = "Read at a constant interval without pulses: read noise and retention"

    amplitude_stop_V = amplitude_parameter(
        "Last amplitude", 0.0, "Last amplitude of the staircase before the readings; 0 for none"
    )
    readings = IntegerParameter(
        "Readings", minimum=2, maximum=100_000_000, default=1000, description="Readings per cycle"
    )
    interval_s = FloatParameter(
        "Interval",
        units="s",
        minimum=0,
        maximum=3600,
        default=1.0,
        description="Time from the start of a reading to the next; 0 for the meter's fastest",
    )

    def amplitudes_V(self) -> tuple[float, ...]:
        return super().amplitudes_V() if self.amplitude_stop_V else ()

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=self.amplitudes_V(),
            shape=self.shape if self.amplitudes_V() else None,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T),
        )

    def points_per_cycle(self) -> int:
        return super().points_per_cycle() + int(self.readings)

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        amplitudes_V, shape = self.amplitudes_V(), self.shape
        sequence = MeasurementSequence.start(
            bench, self.read_current_A, shape if amplitudes_V else None
        )
        for cycle in range(first_cycle, self.cycles):
            yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, cycle)
            yield from sequence.pulses(amplitudes_V, shape, self.read_delay_s, self.phase, cycle)
            yield from sequence.readings(self.readings, self.interval_s, Phase.READ, cycle)


class CurrentSweep(BenchProcedure):
    """Set the bias field, then read at each current: 0 → + → − → 0, without 0 itself.

    Neither pulse nor saturation comes before: the junction is measured in the state in which it is.
    The meter is armed at each current anew, so that its ranges suit it.
    """

    name = "iv"
    summary = "Voltage against current at the present state, both ways"

    bias_field_T = field_parameter("Bias field", -0.004, "Field during the sweep")
    read_current_A = FloatParameter(
        "Largest current",
        units="A",
        minimum=1e-9,
        maximum=0.1,
        default=100e-6,
        description="The sweep reverses at ± this current",
    )
    current_step_A = FloatParameter(
        "Current step",
        units="A",
        minimum=1e-9,
        maximum=0.1,
        default=20e-6,
        description="First current, and step from reading to reading; the last one may be shorter",
    )
    cycles = cycles_parameter(1)

    def currents_A(self) -> tuple[float, ...]:
        """Return the currents of one sweep in order, in A; the largest of each sign once."""
        step_A = self.current_step_A
        up = ladder(step_A, self.read_current_A, step_A, "current sweep")
        half = (*up, *reversed(up[:-1]))
        return (*half, *(-current_A for current_A in half))

    def validate(self) -> None:
        self.currents_A()

    def set_points(self) -> SetPoints:
        return SetPoints(currents_A=self.currents_A(), fields_T=(self.bias_field_T,))

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return len(self.currents_A())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        sequence.set_field(self.bias_field_T)
        for cycle in range(first_cycle, self.cycles):
            for current_A in self.currents_A():
                bench.meter.arm(current_A)
                yield sequence.read(Phase.IV, cycle)
