"""Trains of equal pulses from one state, and the probability to switch."""

from collections.abc import Iterator
from itertools import repeat

from pymeasure.experiment import IntegerParameter

from ..instruments import Bench, SetPoints
from ..storage import Phase, Point
from .measurement_sequence import MeasurementSequence
from .procedure import amplitude_parameter, amplitude_step_parameter, field_parameter
from .pulsed import Staircase


class PulseTrain(Staircase):
    """For each trial and each amplitude: saturate, set the bias field, then fire equal pulses and
    read after each.

    A train is a cycle. Each trial passes over all amplitudes before the next one begins, so that a
    drift of the device is not mistaken for an effect of the amplitude.
    """

    name = "pulse-train"
    summary = "Saturate, then fire equal pulses; at each of several amplitudes"

    amplitude_start_V = amplitude_parameter("First amplitude", 1.0, "Amplitude of the first train")
    amplitude_stop_V = amplitude_parameter("Last amplitude", 3.0, "Amplitude of the last train")
    amplitude_step_V = amplitude_step_parameter(
        0.5, "Step from train to train; the last one may be shorter"
    )
    pulses = IntegerParameter(
        "Pulses", minimum=1, maximum=10_000_000, default=10, description="Equal pulses in a train"
    )
    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel"
    )
    bias_field_T = field_parameter("Bias field", -0.004, "Field during the pulses")
    trials = IntegerParameter(
        "Trials", minimum=1, maximum=1_000_000, default=1, description="Trains at each amplitude"
    )

    def set_points(self) -> SetPoints:
        return SetPoints(
            amplitudes_V=self.amplitudes_V(),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T),
        )

    def expected_cycles(self) -> int:
        return int(self.trials) * len(self.amplitudes_V())

    def points_per_cycle(self) -> int:
        return 2 + int(self.pulses)

    def pulses_per_cycle(self) -> int:
        return int(self.pulses)

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        yield from self.trains(
            MeasurementSequence.start(bench, self.read_current_A, self.shape), first_cycle
        )

    def trains(self, sequence: MeasurementSequence, first_cycle: int) -> Iterator[Point]:
        """Prepare and fire every train from `first_cycle` on."""
        amplitudes_V, shape = self.amplitudes_V(), self.shape
        for cycle in range(first_cycle, self.expected_cycles()):
            yield from self.prepare(sequence, cycle)
            train_V = repeat(amplitudes_V[cycle % len(amplitudes_V)], int(self.pulses))
            yield from sequence.pulses(train_V, shape, self.read_delay_s, Phase.WRITE, cycle)

    def prepare(self, sequence: MeasurementSequence, cycle: int) -> Iterator[Point]:
        """Bring the device into the state at which every train begins."""
        yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, cycle)


class SwitchingProbability(PulseTrain):
    """Trains of one pulse or a few, many trials at each amplitude: the probability to switch.

    A trial begins at saturation or, where `reset_V` is not 0, after one reset pulse, which spares
    the ramp to the saturation field. The device is then saturated only once, at the beginning.
    """

    name = "switching-probability"
    summary = "Saturate or reset, then one pulse; many trials at each amplitude"

    amplitude_start_V = amplitude_parameter("First amplitude", 1.0, "Smallest amplitude of a trial")
    amplitude_stop_V = amplitude_parameter("Last amplitude", 1.6, "Largest amplitude of a trial")
    amplitude_step_V = amplitude_step_parameter(
        0.1, "Step from amplitude to amplitude; the last one may be shorter"
    )
    reset_V = amplitude_parameter(
        "Reset amplitude", 0.0, "Magnitude of a reset pulse before each trial; 0 to saturate"
    )
    pulses = IntegerParameter(
        "Pulses", minimum=1, maximum=10_000_000, default=1, description="Equal pulses in a trial"
    )
    reset_bias_T = field_parameter("Bias field for resetting", -0.042, "Field during reset pulses")
    trials = IntegerParameter(
        "Trials", minimum=1, maximum=1_000_000, default=10, description="Trials at each amplitude"
    )

    def set_points(self) -> SetPoints:
        reset = ((-self.reset_V,), (self.reset_bias_T,)) if self.reset_V else ((), ())
        return SetPoints(
            amplitudes_V=(*self.amplitudes_V(), *reset[0]),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T, *reset[1]),
        )

    def pulses_per_cycle(self) -> int:
        return int(self.pulses) + bool(self.reset_V)

    def expected_points(self, first_cycle: int = 0) -> int:
        return super().expected_points(first_cycle) + bool(self.reset_V)

    def trains(self, sequence: MeasurementSequence, first_cycle: int) -> Iterator[Point]:
        if self.reset_V:
            sequence.set_field(self.saturation_field_T)
            yield sequence.read(Phase.SATURATE, first_cycle)
        yield from super().trains(sequence, first_cycle)

    def prepare(self, sequence: MeasurementSequence, cycle: int) -> Iterator[Point]:
        if not self.reset_V:
            yield from super().prepare(sequence, cycle)
            return
        sequence.set_field(self.reset_bias_T)
        yield from sequence.pulses(
            (-self.reset_V,), self.shape, self.read_delay_s, Phase.RESET, cycle
        )
        sequence.set_field(self.bias_field_T)
        yield sequence.read(Phase.BIAS, cycle)
