"""Readings of a written state at logarithmically spaced times, with the outputs off in between."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from pymeasure.experiment import FloatParameter, IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .errors import ProtocolError
from .measurement_sequence import MeasurementSequence
from .procedure import amplitude_parameter, field_parameter
from .pulsed import StaircaseWrite

LONGEST_S = 10 * 365.25 * 86_400.0


class Retention(StaircaseWrite):
    """For each cycle: saturate, write with a staircase or not, then read ever more rarely.

    The first reading comes `first_s` after the hold field is reached, the last one `duration_s`
    after. Between readings the generator and the meter are off, and so is the magnet unless there
    is a hold field: nothing but the field and the temperature acts on the wall. A cycle that is
    interrupted begins anew with the saturation when the run is resumed.
    """

    name = "retention"
    summary = "Write a state, then read it at logarithmically spaced times, outputs off in between"

    amplitude_stop_V = amplitude_parameter(
        "Last amplitude", 0.0, "Last amplitude of the staircase before the wait; 0 for none"
    )
    hold_field_T = field_parameter("Hold field", 0.0, "Field during the wait; 0 for magnet off")
    first_s = FloatParameter(
        "First reading",
        units="s",
        minimum=0.01,
        maximum=86_400,
        default=1.0,
        description="Time of the first reading, from the beginning of the wait",
    )
    duration_s = FloatParameter(
        "Duration",
        units="s",
        minimum=0.01,
        maximum=LONGEST_S,
        default=3600.0,
        description="Time of the last reading, from the beginning of the wait",
    )
    readings_per_decade = IntegerParameter(
        "Readings per decade",
        minimum=1,
        maximum=1000,
        default=10,
        description="Readings while the time grows tenfold",
    )

    def validate(self) -> None:
        self.amplitudes_V()
        if not self.duration_s > self.first_s:
            raise ProtocolError(
                f"The last reading at {self.duration_s:g} s comes before the first one at "
                f"{self.first_s:g} s: make duration_s longer or first_s shorter."
            )

    def amplitudes_V(self) -> tuple[float, ...]:
        return super().amplitudes_V() if self.amplitude_stop_V else ()

    def times_s(self) -> tuple[float, ...]:
        """Return the times of the readings from the beginning of the wait on."""
        return _times_s(float(self.first_s), float(self.duration_s), int(self.readings_per_decade))

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=self.amplitudes_V(),
            shape=self.shape if self.amplitudes_V() else None,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T, self.hold_field_T),
        )

    def points_per_cycle(self) -> int:
        return super().points_per_cycle() + len(self.times_s())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        amplitudes_V, shape = self.amplitudes_V(), self.shape
        started_s = bench.clock.now_s()
        for cycle in range(first_cycle, self.cycles):
            sequence = MeasurementSequence.start(
                bench, self.read_current_A, shape if amplitudes_V else None
            )
            sequence.started_s = started_s
            yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, cycle)
            yield from sequence.pulses(amplitudes_V, shape, self.read_delay_s, self.phase, cycle)
            yield from self._wait(sequence, cycle)

    def _wait(self, sequence: MeasurementSequence, cycle: int) -> Iterator[Point]:
        bench = sequence.bench
        bench.generator.make_safe()
        bench.meter.make_safe()
        sequence.set_field(self.hold_field_T)
        if not self.hold_field_T:
            bench.magnet.make_safe()
        began_s = bench.clock.now_s()
        for due_s in self.times_s():
            bench.clock.sleep(max(0.0, began_s + due_s - bench.clock.now_s()))
            bench.meter.arm(self.read_current_A)
            reading = sequence.read(Phase.READ, cycle)
            bench.meter.make_safe()
            yield reading


@lru_cache(maxsize=4)  # a form asks for the same ones many times
def _times_s(first_s: float, last_s: float, per_decade: int) -> tuple[float, ...]:
    if not last_s > first_s:
        return (first_s,)
    steps = max(1, round(np.log10(last_s / first_s) * per_decade))
    return tuple(np.geomspace(first_s, last_s, steps + 1).tolist())
