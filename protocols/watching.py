"""The protocol that only watches: readings at a steady interval, for read noise and retention."""

from collections.abc import Iterator

from pymeasure.experiment import FloatParameter, IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .moves import Hand
from .procedure import amplitude_parameter
from .pulsed import StaircaseWrite


class ReadSeries(StaircaseWrite):
    """For each cycle: saturate, set the bias field, write if asked to, then only read.

    The readings begin every `interval_s`, or as fast as the meter reads if that takes longer. No
    pulse is fired between them, so what changes is read noise, drift, or a wall that escapes.
    """

    name = "read-series"
    summary = "Read at a steady interval without pulses, after a write or not: noise and retention"

    amplitude_stop_V = amplitude_parameter(
        "Last amplitude", 0.0, "Of the staircase that writes first, at the device; 0 writes nothing"
    )
    readings = IntegerParameter(
        "Readings", minimum=2, maximum=100_000_000, default=1000, description="In each cycle"
    )
    interval_s = FloatParameter(
        "Interval",
        units="s",
        minimum=0,
        maximum=3600,
        default=1.0,
        description="From the start of a reading to that of the next; 0 reads as fast as it goes",
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
        hand = Hand.on(bench, self.read_current_A, shape if amplitudes_V else None)
        for cycle in range(first_cycle, self.cycles):
            yield from hand.saturate(self.saturation_field_T, self.bias_field_T, cycle)
            yield from hand.pulses(amplitudes_V, shape, self.read_delay_s, self.phase, cycle)
            yield from hand.readings(self.readings, self.interval_s, Phase.READ, cycle)
