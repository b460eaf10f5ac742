"""Protocols that move the domain wall with pulses: write, reset, cycling and repeated ramps."""

from collections.abc import Iterator
from typing import ClassVar

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import (
    PulsedProcedure,
    amplitude_parameter,
    amplitude_step_parameter,
    cycles_parameter,
    field_parameter,
    ladder,
    read_current_parameter,
)


class Staircase(PulsedProcedure):
    """A staircase of pulses of rising amplitude, which ends exactly at the last amplitude."""

    amplitude_start_V = amplitude_parameter("First amplitude", 0.1, "Amplitude at the device")
    amplitude_stop_V = amplitude_parameter("Last amplitude", 4.0, "Amplitude at the device")
    amplitude_step_V = amplitude_step_parameter(
        0.01, "Step from pulse to pulse; the last one may be shorter"
    )

    def amplitudes_V(self) -> tuple[float, ...]:
        """Return the amplitudes in order, in V at the device."""
        return ladder(
            self.amplitude_start_V, self.amplitude_stop_V, self.amplitude_step_V, "amplitude"
        )

    def validate(self) -> None:
        self.amplitudes_V()


class StaircaseWrite(Staircase):
    """For each cycle: saturate, set the bias field, then fire rising pulses and read after each."""

    name = "staircase-write"
    summary = "Saturate, then write with pulses of rising amplitude"
    phase: ClassVar[str] = Phase.WRITE

    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel"
    )
    bias_field_T = field_parameter("Bias field", -0.004, "Field during the pulses")
    cycles = cycles_parameter(1)

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=self.amplitudes_V(),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T),
        )

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return 2 + len(self.amplitudes_V())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        amplitudes_V, shape = self.amplitudes_V(), self.shape
        sequence = MeasurementSequence.start(bench, self.read_current_A, shape)
        for cycle in range(first_cycle, self.cycles):
            yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, cycle)
            yield from sequence.pulses(amplitudes_V, shape, self.read_delay_s, self.phase, cycle)


class RepeatedRamp(StaircaseWrite):
    """The staircase of the straight synapse: saturation at negative field, higher amplitudes."""

    name = "repeated-ramp"
    summary = "Saturate, then ramp the amplitude; repeated"
    phase = Phase.RAMP

    saturation_field_T = field_parameter(
        "Saturation field", -0.12, "Field that saturates the junction antiparallel"
    )
    amplitude_stop_V = amplitude_parameter("Last amplitude", 5.5, "Amplitude at the device")
    read_current_A = read_current_parameter(20e-6)
    cycles = cycles_parameter(10)


class Reset(Staircase):
    """Set the bias field, then fire negative pulses of rising magnitude and read after each.

    The wall starts where it is. A new or saturated device has no wall to reset: write first, in the
    same session, or use `write-reset-cycling`.
    """

    name = "reset"
    summary = "Drive a written wall back with negative pulses"

    bias_field_T = field_parameter("Bias field", -0.042, "Field during the pulses")

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=tuple(-amplitude_V for amplitude_V in self.amplitudes_V()),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.bias_field_T,),
        )

    def points_per_cycle(self) -> int:
        return 1 + len(self.amplitudes_V())

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        set_points, shape = self.set_points(), self.shape
        sequence = MeasurementSequence.start(bench, self.read_current_A, shape)
        sequence.set_field(self.bias_field_T)
        yield sequence.read(Phase.BIAS, first_cycle)
        yield from sequence.pulses(
            set_points.amplitudes_V, shape, self.read_delay_s, Phase.RESET, first_cycle
        )


class WriteResetCycling(Staircase):
    """Saturate once; then, in each cycle, write with +V and reset with −V, each at its bias field.

    A resumed run saturates again before its first cycle, since the position of the wall is unknown:
    the cycling is not continuous between two attempts.
    """

    name = "write-reset-cycling"
    summary = "Write and reset in cycles, without saturating in between"

    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel, once"
    )
    write_bias_T = field_parameter("Bias field for writing", -0.004, "Field during +V pulses")
    reset_bias_T = field_parameter("Bias field for resetting", -0.042, "Field during −V pulses")
    reset_stop_V = amplitude_parameter("Last reset amplitude", 4.0, "Magnitude at the device")
    cycles = cycles_parameter(3)

    def reset_amplitudes_V(self) -> tuple[float, ...]:
        """Return the amplitudes of the reset pulses in order, in V, all negative."""
        up = ladder(
            self.amplitude_start_V, self.reset_stop_V, self.amplitude_step_V, "reset amplitude"
        )
        return tuple(-amplitude_V for amplitude_V in up)

    def validate(self) -> None:
        self.amplitudes_V()
        self.reset_amplitudes_V()

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=(*self.amplitudes_V(), *self.reset_amplitudes_V()),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.write_bias_T, self.reset_bias_T),
        )

    def expected_cycles(self) -> int:
        return int(self.cycles)

    def points_per_cycle(self) -> int:
        return 2 + len(self.amplitudes_V()) + len(self.reset_amplitudes_V())

    def expected_points(self, first_cycle: int = 0) -> int:
        return 1 + super().expected_points(first_cycle)

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        write_V, reset_V, shape = self.amplitudes_V(), self.reset_amplitudes_V(), self.shape
        sequence = MeasurementSequence.start(bench, self.read_current_A, shape)
        sequence.set_field(self.saturation_field_T)
        yield sequence.read(Phase.SATURATE, first_cycle)
        for cycle in range(first_cycle, self.cycles):
            sequence.set_field(self.write_bias_T)
            yield sequence.read(Phase.BIAS, cycle)
            yield from sequence.pulses(write_V, shape, self.read_delay_s, Phase.WRITE, cycle)
            sequence.set_field(self.reset_bias_T)
            yield sequence.read(Phase.BIAS, cycle)
            yield from sequence.pulses(reset_V, shape, self.read_delay_s, Phase.RESET, cycle)
