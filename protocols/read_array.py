"""Reads every device of an array, immediately or after a time without pulses."""

from collections.abc import Iterator
from dataclasses import replace

from pymeasure.experiment import FloatParameter, IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .adaptive.array_procedure import ArrayProcedure
from .measurement_sequence import MeasurementSequence


class ReadArray(ArrayProcedure):
    """Wait with all outputs off, then connect each device and read it: one point per cycle."""

    name = "read-array"
    summary = "Read every device of an array, immediately or after a wait"
    extra_quantities = ("row", "column")

    rows = IntegerParameter(
        "Rows", minimum=1, maximum=10_000, default=128, description="Rows to read, from the first"
    )
    columns = IntegerParameter(
        "Columns",
        minimum=1,
        maximum=10_000,
        default=20,
        description="Columns to read, from the first",
    )
    wait_s = FloatParameter(
        "Wait",
        units="s",
        minimum=0,
        maximum=1e9,
        default=0,
        description="Time before the first reading, at zero field",
    )

    def rows_and_columns(self) -> tuple[int, int]:
        return int(self.rows), int(self.columns)

    def set_points(self) -> SetPoints:
        return SetPoints(currents_A=(self.read_current_A,), fields_T=(self.bias_field_T,))

    def points_per_cycle(self) -> int:
        return 1

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        if self.wait_s and first_cycle == 0:
            bench.make_safe()
            bench.clock.sleep(self.wait_s)
        sequence.set_field(self.bias_field_T)
        for device in range(first_cycle, self.expected_cycles()):
            where = self.connect(bench, device)
            yield replace(self.read(sequence, Phase.READ, device), extra=where)
