"""Writes and resets with equal pulses, up to millions of cycles."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from pymeasure.experiment import IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import PulsedProcedure, amplitude_parameter, field_parameter

LONGEST_GAP = 1000  # cycles without a reading, after which a run can be stopped or paused


class Endurance(PulsedProcedure):
    """Saturate once; then write and reset with equal pulses in cycles, and read ever more rarely.

    The first cycles are all read, after either half; those that follow at intervals of a fixed
    share of the cycles before, at most `LONGEST_GAP`. The last one is read. The field is set only
    where the two bias fields differ. A resumed run saturates again, as write-reset-cycling does.
    """

    name = "endurance"
    summary = "Write and reset with equal pulses, up to millions of cycles, read ever more rarely"

    write_V = amplitude_parameter("Write amplitude", 4.0, "Amplitude of the write pulses")
    reset_V = amplitude_parameter("Reset amplitude", 4.0, "Magnitude of the reset pulses")
    pulses = IntegerParameter(
        "Pulses", minimum=1, maximum=100, default=1, description="Equal pulses in a half-cycle"
    )
    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel, once"
    )
    write_bias_T = field_parameter("Bias field for writing", -0.004, "Field during +V pulses")
    reset_bias_T = field_parameter("Bias field for resetting", -0.042, "Field during −V pulses")
    cycles = IntegerParameter(
        "Cycles", minimum=1, maximum=10_000_000, default=20, description="Number of cycles"
    )
    read_all_until = IntegerParameter(
        "Cycles all read",
        minimum=1,
        maximum=1000,
        default=100,
        description="Cycles from the first on that are all read; also those read per factor of e",
    )

    def read_cycles(self, first_cycle: int = 0) -> tuple[int, ...]:
        """Return the cycles that are read, from `first_cycle` on."""
        chosen = _thinned(int(self.cycles), int(self.read_all_until))
        return chosen[bisect_left(chosen, first_cycle) :]

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=(self.write_V, -self.reset_V),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.write_bias_T, self.reset_bias_T),
        )

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return 2

    def pulses_per_cycle(self) -> int:
        return 2 * int(self.pulses)

    def expected_points(self, first_cycle: int = 0) -> int:
        return 1 + 2 * len(self.read_cycles(first_cycle))

    def points_before_gaps(self) -> int:
        return 1 + 2 * 2 * int(self.read_all_until)  # gaps are of two cycles from twice that on

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence.start(bench, self.read_current_A, self.shape)
        sequence.set_field(self.saturation_field_T)
        yield sequence.read(Phase.SATURATE, first_cycle)
        halves = (
            (Phase.WRITE, self.write_V, self.write_bias_T),
            (Phase.RESET, -self.reset_V, self.reset_bias_T),
        )
        read, field_T = set(self.read_cycles(first_cycle)), self.saturation_field_T
        for cycle in range(first_cycle, self.cycles):
            for phase, amplitude_V, bias_T in halves:
                if bias_T != field_T:
                    sequence.set_field(bias_T)
                    field_T = bias_T
                for _ in range(int(self.pulses) - (cycle in read)):
                    bench.generator.fire(amplitude_V)
                if cycle in read:
                    yield from sequence.pulses(
                        (amplitude_V,), self.shape, self.read_delay_s, phase, cycle
                    )


@lru_cache(maxsize=4)  # a form asks for the same one many times
def _thinned(cycles: int, all_until: int) -> tuple[int, ...]:
    chosen, cycle = [], 0
    while cycle < cycles - 1:
        chosen.append(cycle)
        cycle += min(max(1, cycle // all_until), LONGEST_GAP)
    return (*chosen, cycles - 1)
