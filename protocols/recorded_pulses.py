"""Fires the pulses and sets the fields of a stored run again, point by point."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..instruments import Bench, OpenJunctionError, PulseShape, SetPoints
from ..storage import Point
from .errors import ProtocolError
from .measurement_sequence import MeasurementSequence
from .procedure import BenchProcedure

EDGE_S = 10e-9


@dataclass(frozen=True, slots=True)
class PulseTiming:
    """Edges of the recorded pulses: a point has their width only."""

    rise_s: float = EDGE_S
    fall_s: float = EDGE_S

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "PulseTiming":
        """Return the edges among a run's parameters, else those of the protocols' defaults."""
        rise_s, fall_s = (float(parameters.get(name, EDGE_S)) for name in ("rise_s", "fall_s"))
        return cls(rise_s, fall_s)

    def shape(self, width_s: float) -> PulseShape:
        return PulseShape(width_s, self.rise_s, self.fall_s)


class RecordedPulses(BenchProcedure):
    """One reading for each recorded point: after its field is set, its device connected, its pulse
    fired, and not before its time.

    Unlike the protocol that was run it chooses nothing from what it reads, so a run that did fires
    the same pulses at another device.
    """

    name = "recorded-pulses"
    summary = "Fire the pulses of a stored run again"
    points: Sequence[Point]
    timing = PulseTiming()
    run = 0

    @property
    def extra_quantities(self) -> Collection[str]:  # type: ignore[override]
        return {name for point in self.points for name in point.extra}

    @property
    def _pulses(self) -> list[Point]:
        return [point for point in self.points if point.amplitude_V is not None]

    def validate(self) -> None:
        if not self.points:
            raise ProtocolError(f"Run {self.run} has no points to fire again.")
        for point in self._pulses:
            if point.pulse_width_s is None:
                raise ProtocolError(f"Run {self.run} has pulses without a width.")

    def parameter_values(self) -> Mapping[str, Any]:
        return {**super().parameter_values(), "recorded_run": self.run}

    def set_points(self) -> SetPoints:
        widest_s = max((point.pulse_width_s or 0.0 for point in self._pulses), default=0.0)
        return SetPoints(
            amplitudes_V=tuple({point.amplitude_V or 0.0 for point in self._pulses}),
            shape=self.timing.shape(widest_s) if widest_s else None,
            currents_A=(self.read_current_A,),
            fields_T=tuple({point.field_T for point in self.points if point.field_T is not None}),
        )

    def points_per_cycle(self) -> int:
        return len(self.points)

    def pulses_per_cycle(self) -> int:
        return len(self._pulses)

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        field_T, device, armed_s, metered = None, None, None, False
        for recorded in self.points:
            if recorded.cycle < first_cycle:
                continue
            wanted = (recorded.extra.get("row"), recorded.extra.get("column"))
            if wanted != (None, None) and wanted != device:
                bench.generator.make_safe()
                bench.meter.make_safe()
                if bench.has_switch:
                    bench.switch.close(int(str(wanted[0])), int(str(wanted[1])))
                device, armed_s, metered = wanted, None, False
            if not metered:
                bench.meter.arm(self.read_current_A)
                metered = True
            if recorded.field_T is not None and recorded.field_T != field_T:
                field_T = recorded.field_T
                sequence.set_field(field_T)
            if recorded.amplitude_V is not None and recorded.pulse_width_s is not None:
                if recorded.pulse_width_s != armed_s:
                    armed_s = recorded.pulse_width_s
                    bench.generator.arm(self.timing.shape(armed_s))
                bench.generator.fire(recorded.amplitude_V)
            self._wait(sequence, recorded.time_s)
            yield self._read(sequence, recorded)

    @staticmethod
    def _wait(sequence: MeasurementSequence, due_s: float) -> None:
        early_s = due_s - (sequence.bench.clock.now_s() - sequence.started_s)
        if early_s > 0:
            sequence.bench.clock.sleep(early_s)

    @staticmethod
    def _read(sequence: MeasurementSequence, recorded: Point) -> Point:
        pulse = (recorded.amplitude_V, recorded.pulse_width_s)
        try:
            point = sequence.read(recorded.phase, recorded.cycle, *pulse)
        except OpenJunctionError:
            now_s = sequence.bench.clock.now_s() - sequence.started_s
            point = Point(recorded.phase, now_s, recorded.cycle, *pulse)
        return replace(point, extra=recorded.extra)
