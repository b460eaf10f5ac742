"""A pulse, a reading or a field by hand; the source stays on until the bench is made safe.

What is done by hand is written to the station's messages and log, not to the store: a run is one
protocol, whose points can be repeated, resumed and calibrated from, and a pulse here and a reading
there are no such thing. A measurement worth keeping is a run.
"""

from datetime import UTC, datetime

from ...instruments import Bench, BenchError, PulseShape
from ...quantities import format_quantity
from ..messages import HandReading


class ByHand:
    """What was set by hand on a bench since it was last made safe."""

    def __init__(self) -> None:
        self.latest: HandReading | None = None
        self.on = False
        self._shape: PulseShape | None = None
        self._current_A: float | None = None
        self._field_T: float | None = None
        self._amplitude_V: float | None = None

    def pulse(self, bench: Bench, amplitude_V: float, shape: PulseShape) -> str:
        """Fire one pulse; raises LimitError before anything is touched, and BenchError."""
        bench.limits.check_shape(shape)
        bench.generator.check_amplitudes((amplitude_V,))
        _check_one_device(bench)
        self.on = True
        if not bench.generator.armed or shape != self._shape:
            bench.generator.arm(shape)
            self._shape = shape
        bench.generator.fire(amplitude_V)
        self._amplitude_V = amplitude_V
        width = format_quantity(shape.width_s, "s")
        return f"Pulse by hand: {amplitude_V:g} V, {width} wide."

    def read(self, bench: Bench, current_A: float) -> HandReading:
        """Read the junction once; raises LimitError and BenchError."""
        bench.meter.check_currents((current_A,))
        _check_one_device(bench)
        self.on = True
        if not bench.meter.armed or current_A != self._current_A:
            bench.meter.arm(current_A)
            self._current_A = current_A
        reading = bench.meter.read()
        self.latest = HandReading(
            time=datetime.now(UTC),
            resistance_ohm=reading.resistance_ohm,
            field_T=self._field_T,
            amplitude_V=self._amplitude_V,
            cycle=None,
            mark=None,
        )
        return self.latest

    def go_to_field(self, bench: Bench, field_T: float) -> float:
        """Ramp to a field and return what is read back; raises LimitError and BenchError."""
        bench.magnet.check_fields((field_T,))
        self.on = True
        self._field_T = bench.magnet.set_field(field_T)
        return self._field_T

    def made_safe(self) -> None:
        """Take note that nothing is on any more."""
        self.on = False
        self._field_T = self._amplitude_V = None


def _check_one_device(bench: Bench) -> None:
    if bench.has_switch:
        raise BenchError(
            "By hand, a bench with a switch reaches no device of its array: use a protocol, such "
            "as read-array."
        )
