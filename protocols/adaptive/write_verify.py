"""Writes a level onto a device, or every one of an array: read, fire, read again, until reached.

Each device is one cycle, row by row, so that a resumed run continues with the device at which it
was interrupted. A bench without a switch has one device, row 0 and column 0. Switching is cold: the
sources are off while the switch moves. Every reading is a
point whose `extra` has the row, the column, the target and the level read; a device is written if
the level of its last point is its target.
"""

from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping
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

    def read(self, sequence: MeasurementSequence, phase: str, device: int, *pulse: float) -> Point:
        """Return a reading of the device; an open junction is a point without resistance."""
        try:
            return sequence.read(phase, device, *pulse)
        except OpenJunctionError:
            return Point(
                phase,
                sequence.bench.clock.now_s() - sequence.started_s,
                device,
                *pulse or (None, None),
            )


class WriteVerify(ArrayProcedure):
    """For each device: connect it, read it, and fire pulses of the plan until it has its target.

    A device fails after `most_pulses`, if the plan has no pulse for it, or if its reading is of no
    level. After `most_given_up` failures in a row the run ends with ProtocolError: the fault is
    then likely in the plan, the wiring or the field. `erase` saturates the whole array at the start
    of the run, and not when it is resumed.
    """

    name = "write-verify"
    summary = "Write a level onto a device or a whole array, reading after each pulse"
    plan: WritePlan
    extra_quantities = ("row", "column", "target", "level")
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

    most_given_up = IntegerParameter(
        "Maximum consecutive failures",
        minimum=1,
        maximum=1_000_000,
        default=25,
        description="Failed devices in a row after which the run ends",
    )

    def rows_and_columns(self) -> tuple[int, int]:
        return self.plan.rows, self.plan.columns

    def rehearsal(self) -> "WriteVerify":
        raise ProtocolError(
            f"{self.name} chooses its pulses from what it reads, so it has no dry run: its plan "
            "has the expected pulses of each level."
        )

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

    def points_per_cycle(self) -> int:
        return 1 + round(sum(map(self._expected, range(len(self.plan.targets)))))

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return the expected number of points; the actual one depends on chance."""
        remaining = range(first_cycle, len(self.plan.targets))
        return round(sum(1 + self._expected(device) for device in remaining))

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        if self.erase and first_cycle == 0:
            sequence.set_field(self.saturation_field_T)
        sequence.set_field(self.bias_field_T)
        failed = 0
        for device in range(first_cycle, len(self.plan.targets)):
            written = yield from self._write(sequence, device)
            failed = 0 if written else failed + 1
            if failed >= self.most_given_up:
                raise ProtocolError(
                    f"{failed} devices in a row did not reach their targets: check the readings of "
                    "the run, the model, the read current, the field and the wiring."
                )

    def _write(self, sequence: MeasurementSequence, device: int) -> Generator[Point, None, bool]:
        """Write one device; return True if it reached its target."""
        plan, target, shape = self.plan, self.plan.targets[device], self.shape
        where = {**self.connect(sequence.bench, device), "target": target}
        point = self.read(sequence, Phase.READ, device)
        level = plan.level_of(point.resistance_ohm)
        yield replace(point, extra={**where, "level": level})
        history, pulses = PulseHistory(), 0
        while level is not None and level != target and pulses < self.most_pulses:
            amplitude_V = history.next_amplitude_V(plan, target, level)
            if amplitude_V == 0.0:
                break
            if pulses == 0:
                sequence.bench.generator.arm(shape)
            sequence.bench.generator.fire(amplitude_V)
            pulses += 1
            if self.read_delay_s:
                sequence.bench.clock.sleep(self.read_delay_s)
            point = self.read(sequence, Phase.WRITE, device, amplitude_V, shape.width_s)
            before, level = level, plan.level_of(point.resistance_ohm)
            history.record(plan, amplitude_V, moved=level != before)
            yield replace(point, extra={**where, "level": level})
        return level == target

    def _expected(self, device: int) -> float:
        return min(self.plan.expected_pulses[self.plan.targets[device]], float(self.most_pulses))
