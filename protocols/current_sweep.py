"""The read current swept both ways: voltage against current, resistance against bias."""

from collections.abc import Iterator

from pymeasure.experiment import FloatParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import BenchProcedure, cycles_parameter, field_parameter, ladder


class CurrentSweep(BenchProcedure):
    """Set the bias field, then read at each current: 0 → + → − → 0, without 0 itself.

    Neither pulse nor saturation comes before: the junction is measured in the state in which it is.
    The meter is armed at each current anew, so that its ranges suit it.
    """

    name = "iv"
    summary = "Voltage against current at the present state, both ways"

    bias_field_T = field_parameter("Bias field", -0.004, "Field during the sweep")
    read_current_A = FloatParameter(
        "Largest current",
        units="A",
        minimum=1e-9,
        maximum=0.1,
        default=100e-6,
        description="The sweep reverses at ± this current",
    )
    current_step_A = FloatParameter(
        "Current step",
        units="A",
        minimum=1e-9,
        maximum=0.1,
        default=20e-6,
        description="First current, and step from reading to reading; the last one may be shorter",
    )
    cycles = cycles_parameter(1)

    def currents_A(self) -> tuple[float, ...]:
        """Return the currents of one sweep in order, in A; the largest of each sign once."""
        step_A = self.current_step_A
        up = ladder(step_A, self.read_current_A, step_A, "current sweep")
        half = (*up, *reversed(up[:-1]))
        return (*half, *(-current_A for current_A in half))

    def validate(self) -> None:
        self.currents_A()

    def set_points(self) -> SetPoints:
        return SetPoints(currents_A=self.currents_A(), fields_T=(self.bias_field_T,))

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return len(self.currents_A())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence(bench, bench.clock.now_s())
        sequence.set_field(self.bias_field_T)
        for cycle in range(first_cycle, self.cycles):
            for current_A in self.currents_A():
                bench.meter.arm(current_A)
                yield sequence.read(Phase.IV, cycle)
