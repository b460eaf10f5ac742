"""What protocols of an array have in common: connecting a device, reading it, writing a level.

Switching is cold: the sources are off while the switch moves. A bench without a switch has one
device, row 0 and column 0.
"""

from abc import abstractmethod
from collections.abc import Collection, Generator, Mapping
from dataclasses import replace
from typing import Any

from pymeasure.experiment import BooleanParameter, IntegerParameter

from ...instruments import Bench, OpenJunctionError, SetPoints
from ...storage import Phase, Point
from ..errors import ProtocolError
from ..measurement_sequence import MeasurementSequence
from ..procedure import PulsedProcedure, field_parameter
from .write_plan import PulseHistory, WritePlan


class ArrayProcedure(PulsedProcedure):
    """Parameters of protocols that visit one device, or those of an array, and the connecting."""

    bias_field_T = field_parameter("Bias field", -0.004, "Field during pulses and readings")

    @abstractmethod
    def rows_and_columns(self) -> tuple[int, int]:
        """Return the size of the array that the protocol visits."""

    def check(self, bench: Bench) -> None:
        super().check(bench)
        rows, columns = self.rows_and_columns()
        if rows * columns == 1 and not bench.has_switch:
            return
        if rows > bench.switch.rows or columns > bench.switch.columns:
            raise ProtocolError(
                f"{self.name} needs {rows} × {columns} devices, and the switch reaches "
                f"{bench.switch.rows} × {bench.switch.columns}: give [switch] more channels in the "
                "bench file."
            )

    def expected_cycles(self) -> int:
        rows, columns = self.rows_and_columns()
        return rows * columns

    def connect(self, bench: Bench, device: int) -> dict[str, int]:
        """Connect a device with all sources off, then arm the meter; return its row and column."""
        row, column = divmod(device, self.rows_and_columns()[1])
        bench.generator.make_safe()
        bench.meter.make_safe()
        if bench.has_switch:
            bench.switch.close(row, column)
        bench.meter.arm(self.read_current_A)
        return {"row": row, "column": column}

    def read(self, sequence: MeasurementSequence, phase: str, cycle: int, *pulse: float) -> Point:
        """Return a reading of the device; an open junction is a point without resistance."""
        try:
            return sequence.read(phase, cycle, *pulse)
        except OpenJunctionError:
            return Point(
                phase,
                sequence.bench.clock.now_s() - sequence.started_s,
                cycle,
                *pulse or (None, None),
            )


class PlannedWriting(ArrayProcedure):
    """Parameters of protocols that write levels by a plan, and the writing of one device."""

    plan: WritePlan
    extra_quantities: Collection[str] = ("row", "column", "target", "level")
    chooses_pulses = True

    saturation_field_T = field_parameter(
        "Saturation field", -0.12, "Field that saturates all junctions antiparallel, once"
    )
    erase = BooleanParameter(
        "Erase", default=True, description="Saturate the whole array at the start of the run"
    )
    most_pulses = IntegerParameter(
        "Maximum pulses",
        minimum=1,
        maximum=1_000_000,
        default=100,
        description="Maximum number of pulses per device",
    )

    def rows_and_columns(self) -> tuple[int, int]:
        return self.plan.rows, self.plan.columns

    def validate(self) -> None:
        self.plan.check()

    def parameter_values(self) -> Mapping[str, Any]:
        return {**super().parameter_values(), "plan": self.plan.document()}

    def set_points(self) -> SetPoints:
        saturation_T = (self.saturation_field_T,) if self.erase else ()
        return SetPoints(
            amplitudes_V=(*self.plan.positive_V, *(-each_V for each_V in self.plan.negative_V)),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(*saturation_T, self.bias_field_T),
        )

    def begin(self, bench: Bench, first_cycle: int) -> MeasurementSequence:
        """Set the fields; saturate the array first if a run begins with it erased."""
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        if self.erase and first_cycle == 0:
            sequence.set_field(self.saturation_field_T)
        sequence.set_field(self.bias_field_T)
        return sequence

    def write(
        self, sequence: MeasurementSequence, cycle: int, device: int, target: int
    ) -> Generator[Point, None, bool]:
        """Connect, read and pulse one device; return True if it reached its target."""
        where = {**self.connect(sequence.bench, device), "target": target}
        point = self.read(sequence, Phase.READ, cycle)
        level = self.plan.level_of(point.resistance_ohm)
        yield replace(point, extra={**where, "level": level})
        history, pulses = PulseHistory(), 0
        while level is not None and level != target and pulses < self.most_pulses:
            amplitude_V = history.next_amplitude_V(self.plan, target, level)
            if amplitude_V == 0.0:
                break
            if pulses == 0:
                sequence.bench.generator.arm(self.shape)
            pulses += 1
            point = self.pulse(sequence, cycle, amplitude_V)
            before, level = level, self.plan.level_of(point.resistance_ohm)
            history.record(self.plan, amplitude_V, moved=level != before)
            yield replace(point, extra={**where, "level": level})
        return level == target

    def pulse(self, sequence: MeasurementSequence, cycle: int, amplitude_V: float) -> Point:
        """Fire one pulse at the connected device and read it."""
        sequence.bench.generator.fire(amplitude_V)
        if self.read_delay_s:
            sequence.bench.clock.sleep(self.read_delay_s)
        return self.read(sequence, Phase.WRITE, cycle, amplitude_V, self.shape.width_s)
