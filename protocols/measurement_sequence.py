"""The steps that protocols are made of: set a field, fire a pulse, read the junction."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from ..instruments import Bench, ExchangeError, PulseShape, Reading
from ..storage import Phase, Point

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Retries:
    """The number of readings of a run that were repeated."""

    count: int = 0


_retries: ContextVar[Retries | None] = ContextVar("retries", default=None)


@contextmanager
def counted_retries() -> Iterator[Retries]:
    """Count the readings that are repeated in this thread."""
    retries = Retries()
    token = _retries.set(retries)
    try:
        yield retries
    finally:
        _retries.reset(token)


@dataclass(slots=True)
class MeasurementSequence:
    """Steps on one bench, each reading a point with the field and the time since the start."""

    bench: Bench
    started_s: float
    field_T: float | None = None

    @classmethod
    def start(cls, bench: Bench, read_current_A: float, shape: PulseShape | None = None) -> Self:
        """Arm the meter, and the generator if there is a pulse shape; time counts from here."""
        bench.meter.arm(read_current_A)
        if shape is not None:
            bench.generator.arm(shape)
        return cls(bench, bench.clock.now_s())

    def set_field(self, field_T: float) -> None:
        """Set the field, in T, and remember what the magnet confirms.

        On a bench without a magnet 0 leaves the field as it is: it is unknown, and not recorded.
        """
        if field_T or self.bench.has_magnet:
            self.field_T = self.bench.magnet.set_field(field_T)

    def read(
        self,
        phase: str,
        cycle: int,
        amplitude_V: float | None = None,
        pulse_width_s: float | None = None,
    ) -> Point:
        """Read the junction, and the temperature on a bench with a temperature controller.

        Amplitude and width are those of the preceding pulse, if any.

        If the meter does not answer, or not with a reading, it is asked once more, with a warning:
        a reading changes nothing. A pulse is never fired again.
        """
        try:
            reading = self.bench.meter.read()
        except ExchangeError as error:
            reading = self._read_again(error)
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
            temperature_K=self.bench.read_temperature_K(),
        )

    def _read_again(self, error: ExchangeError) -> Reading:
        log.warning("A reading is repeated: %s", error)
        reading = self.bench.meter.read()
        if (retries := _retries.get()) is not None:
            retries.count += 1
        return reading

    def saturate(self, saturation_T: float, bias_T: float, cycle: int) -> Iterator[Point]:
        """Saturate the junction, then set the bias field; yield a point at each."""
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
        """Fire each pulse, wait for `read_delay_s`, read the junction and yield the point."""
        for amplitude_V in amplitudes_V:
            self.bench.generator.fire(amplitude_V)
            if read_delay_s:
                self.bench.clock.sleep(read_delay_s)
            yield self.read(phase, cycle, amplitude_V, shape.width_s)

    def readings(self, count: int, interval_s: float, phase: str, cycle: int) -> Iterator[Point]:
        """Yield `count` readings, one every `interval_s`, or at the meter's rate if slower.

        A late reading shifts those after it; none is skipped.
        """
        due_s = self.bench.clock.now_s()
        for _ in range(count):
            now_s = self.bench.clock.now_s()
            if now_s < due_s:
                self.bench.clock.sleep(due_s - now_s)
            due_s = max(due_s, now_s) + interval_s
            yield self.read(phase, cycle)
