"""Protocols that change the field and fire no pulse: saturation, the minor and the major loop."""

from collections.abc import Iterator

from pymeasure.experiment import FloatParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .errors import ProtocolError
from .measurement_sequence import MeasurementSequence
from .procedure import BenchProcedure, cycles_parameter, field_parameter, ladder


class Saturate(BenchProcedure):
    """Saturate the junction, then set the bias field; read at both.

    The runner leaves every bench safe, with the field at zero; after a script that iterates over
    `steps` itself, the bias field is still on.
    """

    name = "saturate"
    summary = "Saturate the junction and set the bias field"

    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel"
    )
    bias_field_T = field_parameter(
        "Bias field", -0.004, "Field of the second reading; zero after the run"
    )

    def set_points(self) -> SetPoints:
        return SetPoints(
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T),
        )

    def points_per_cycle(self) -> int:
        return 2

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence.start(bench, self.read_current_A)
        yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, first_cycle)


class MinorLoop(BenchProcedure):
    """Sweep the field down and up again and read the junction at every field."""

    name = "minor-loop"
    summary = "Resistance against out-of-plane field, down and up"

    largest_field_T = field_parameter("Largest field", 0.07, "The sweep reverses at ± this field")
    step_T = FloatParameter(
        "Field step",
        units="T",
        minimum=1e-6,
        maximum=1,
        default=0.002,
        description="Step between readings; the last one up may be shorter",
    )
    cycles = cycles_parameter(1)

    def fields_T(self) -> tuple[float, ...]:
        """The fields of one loop in T: + → − → +, each end once."""
        up = ladder(-self.largest_field_T, self.largest_field_T, self.step_T, "field sweep")
        return (*reversed(up), *up[1:])

    def validate(self) -> None:
        if not self.largest_field_T > 0:
            raise ProtocolError(
                f"The largest field is {self.largest_field_T:g} T; it must be above 0, since the "
                "sweep goes to both signs of it."
            )
        self.fields_T()

    def set_points(self) -> SetPoints:
        return SetPoints(currents_A=(self.read_current_A,), fields_T=self.fields_T())

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return len(self.fields_T())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence.start(bench, self.read_current_A)
        for cycle in range(first_cycle, self.cycles):
            for field_T in self.fields_T():
                sequence.set_field(field_T)
                yield sequence.read(Phase.LOOP, cycle)


class MajorLoop(MinorLoop):
    """Sweep the field until all layers are saturated, down and up again, in finer steps near zero.

    Both ends must lie beyond the switching field of the reference layer. The virtual devices have a
    reference layer that never switches: their major loop is a minor one, swept further.
    """

    name = "major-loop"
    summary = "Resistance against field to saturation of all layers, with finer steps near zero"

    largest_field_T = field_parameter(
        "Largest field", 0.12, "Field that saturates all layers; the sweep reverses at ± this field"
    )
    step_T = FloatParameter(
        "Field step",
        units="T",
        minimum=1e-6,
        maximum=1,
        default=0.005,
        description="Step between readings beyond the fine field",
    )
    fine_field_T = field_parameter(
        "Fine field", 0.07, "Steps are finer between ± this field; 0 for equal steps throughout"
    )
    fine_step_T = FloatParameter(
        "Fine field step",
        units="T",
        minimum=1e-6,
        maximum=1,
        default=0.002,
        description="Step between readings within the fine field",
    )

    def fields_T(self) -> tuple[float, ...]:
        """The fields of one loop in T: + → − → +, each end once."""
        if not self.fine_field_T:
            return super().fields_T()
        within = ladder(-self.fine_field_T, self.fine_field_T, self.fine_step_T, "fine field sweep")
        beyond = ladder(self.fine_field_T, self.largest_field_T, self.step_T, "field sweep")[1:]
        up = (*(-field_T for field_T in reversed(beyond)), *within, *beyond)
        return (*reversed(up), *up[1:])
