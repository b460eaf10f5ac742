"""The moves that protocols are made of: set a field, fire a pulse, read the junction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..instruments import Bench, PulseShape
from ..storage import Phase, Point


@dataclass(slots=True)
class Hand:
    """One hand on the bench: remembers the field and the time since the protocol began."""

    bench: Bench
    started_s: float
    field_T: float | None = None

    @classmethod
    def on(cls, bench: Bench, read_current_A: float, shape: PulseShape | None = None) -> "Hand":
        """Arm the meter, and the generator if pulses are to come."""
        bench.meter.arm(read_current_A)
        if shape is not None:
            bench.generator.arm(shape)
        return cls(bench, bench.clock.now_s())

    def set_field(self, field_T: float) -> None:
        self.field_T = self.bench.magnet.set_field(field_T)

    def read(
        self,
        phase: str,
        cycle: int,
        amplitude_V: float | None = None,
        pulse_width_s: float | None = None,
    ) -> Point:
        """Read the junction where it is, after a pulse if one is given."""
        reading = self.bench.meter.read()
        return Point(
            phase=phase,
            time_s=self.bench.clock.now_s() - self.started_s,
            cycle=cycle,
            amplitude_V=amplitude_V,
            pulse_width_s=pulse_width_s,
            field_T=self.field_T,
            voltage_V=reading.voltage_V,
            current_A=reading.current_A,
            resistance_ohm=reading.resistance_ohm,
        )

    def saturate(self, saturation_T: float, bias_T: float, cycle: int) -> Iterator[Point]:
        """Saturate the junction, then set the bias field; a point at each."""
        self.set_field(saturation_T)
        yield self.read(Phase.SATURATE, cycle)
        self.set_field(bias_T)
        yield self.read(Phase.BIAS, cycle)

    def pulses(
        self,
        amplitudes_V: Iterable[float],
        shape: PulseShape,
        read_delay_s: float,
        phase: str,
        cycle: int,
    ) -> Iterator[Point]:
        """Fire each pulse and read the junction after it."""
        for amplitude_V in amplitudes_V:
            self.bench.generator.fire(amplitude_V)
            if read_delay_s:
                self.bench.clock.sleep(read_delay_s)
            yield self.read(phase, cycle, amplitude_V, shape.width_s)

    def readings(self, count: int, interval_s: float, phase: str, cycle: int) -> Iterator[Point]:
        """Read the junction `count` times, one reading every interval, or slower if it must be."""
        due_s = self.bench.clock.now_s()
        for _ in range(count):
            now_s = self.bench.clock.now_s()
            if now_s < due_s:
                self.bench.clock.sleep(due_s - now_s)
            due_s = max(due_s, now_s) + interval_s
            yield self.read(phase, cycle)
