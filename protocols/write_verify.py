"""Writes a level onto every device of an array: read, fire, read again, until it is there.

Each device is one cycle, row by row, so that a run that was broken off goes on with the device at
hand and leaves those before it alone. It is connected cold: the sources go off before the switch
moves and on again behind it. Every reading is a point; its `extra` says which device, which target
and which level was read, so a device is written if its last point is of its target.
"""

from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pymeasure.experiment import BooleanParameter, IntegerParameter

from ..instruments import Bench, OpenJunctionError, SetPoints
from ..storage import Phase, Point
from .errors import ProtocolError
from .moves import Hand
from .procedure import PulsedProcedure, field_parameter
from .write_plan import Wall, WritePlan


class ArrayProcedure(PulsedProcedure):
    """What protocols declare that go from device to device of an array."""

    bias_field_T = field_parameter("Bias field", -0.004, "Field of pulses and readings")

    @abstractmethod
    def rows_and_columns(self) -> tuple[int, int]:
        """Return how many devices the protocol goes to."""

    def check(self, bench: Bench) -> None:
        super().check(bench)
        rows, columns = self.rows_and_columns()
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
        """Connect a device with all sources off, then let the meter's current flow."""
        row, column = divmod(device, self.rows_and_columns()[1])
        bench.generator.make_safe()
        bench.meter.make_safe()
        bench.switch.close(row, column)
        bench.meter.arm(self.read_current_A)
        return {"row": row, "column": column}

    def read(self, hand: Hand, phase: str, device: int, *pulse: float) -> Point:
        """Read the device, or find its junction open: a point without resistance."""
        try:
            return hand.read(phase, device, *pulse)
        except OpenJunctionError:
            return Point(
                phase, hand.bench.clock.now_s() - hand.started_s, device, *pulse or (None, None)
            )


class WriteVerify(ArrayProcedure):
    """For each device: connect it, read it, and fire what the plan says until it has its target.

    A device is given up after `most_pulses`, where the plan knows of no pulse, or where it reads as
    no level at all. `most_given_up` of them in a row end the run: then it is not the devices that
    are wrong but the plan, the wiring or the field, and no more should be fired at. `erase`
    saturates the whole array at the beginning of the run, and never when it is resumed.
    """

    name = "write-verify"
    summary = "Write a level onto every device of an array, reading after each pulse"
    plan: WritePlan

    saturation_field_T = field_parameter(
        "Saturation field", -0.12, "Field that saturates all junctions antiparallel, once"
    )
    erase = BooleanParameter("Erase", default=True)
    most_pulses = IntegerParameter(
        "Most pulses", minimum=1, maximum=1_000_000, default=100, description="For each device"
    )

    most_given_up = IntegerParameter(
        "Most given up", minimum=1, maximum=1_000_000, default=25, description="In a row"
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

    def points_per_cycle(self) -> int:
        return 1 + round(sum(map(self._expected, range(len(self.plan.targets)))))

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return how many points are to be expected: chance decides."""
        to_come = range(first_cycle, len(self.plan.targets))
        return round(sum(1 + self._expected(device) for device in to_come))

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        hand = Hand(bench, bench.clock.now_s())
        if self.erase and first_cycle == 0:
            hand.set_field(self.saturation_field_T)
        hand.set_field(self.bias_field_T)
        given_up = 0
        for device in range(first_cycle, len(self.plan.targets)):
            written = yield from self._write(hand, device)
            given_up = 0 if written else given_up + 1
            if given_up >= self.most_given_up:
                raise ProtocolError(
                    f"{given_up} devices in a row did not reach their targets: look at what the "
                    "run has read, and at the model, the read current, the field and the wiring."
                )

    def _write(self, hand: Hand, device: int) -> Generator[Point, None, bool]:
        """Write one device; return whether it has its target."""
        plan, target, shape = self.plan, self.plan.targets[device], self.shape
        where = {**self.connect(hand.bench, device), "target": target}
        point = self.read(hand, Phase.READ, device)
        level = plan.level_of(point.resistance_ohm)
        yield replace(point, extra={**where, "level": level})
        wall, pulses = Wall(), 0
        while level is not None and level != target and pulses < self.most_pulses:
            amplitude_V = wall.next_V(plan, target, level)
            if amplitude_V == 0.0:
                break
            if pulses == 0:
                hand.bench.generator.arm(shape)
            hand.bench.generator.fire(amplitude_V)
            pulses += 1
            if self.read_delay_s:
                hand.bench.clock.sleep(self.read_delay_s)
            point = self.read(hand, Phase.WRITE, device, amplitude_V, shape.width_s)
            before, level = level, plan.level_of(point.resistance_ohm)
            wall.hit(plan, amplitude_V, moved=level != before)
            yield replace(point, extra={**where, "level": level})
        return level == target

    def _expected(self, device: int) -> float:
        return min(self.plan.expected_pulses[self.plan.targets[device]], float(self.most_pulses))
