"""Readings at a constant interval without pulses, for read noise and retention."""

from collections.abc import Iterator

from pymeasure.experiment import FloatParameter, IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import amplitude_parameter
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
