"""The threshold of one level from single pulses, each where it is expected to tell most."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pymeasure.experiment import FloatParameter, IntegerParameter

from ...instruments import Bench, SetPoints
from ...storage import Phase, Point
from ...thresholds.choice import next_amplitude_V
from ...thresholds.posterior import SHARES, Posterior, Prior
from ...thresholds.result import is_complete, posterior_of
from ...thresholds.stored import judgement_of, prior_of, trials_of
from ...thresholds.trials import MOST_READINGS, Judgement, Trial, TrialReading, trial_of
from ..errors import ProtocolError
from ..measurement_sequence import MeasurementSequence
from ..procedure import PulsedProcedure, amplitude_parameter, field_parameter

if TYPE_CHECKING:
    import pandas as pd

MOST_LOST = 20
"""Trials in a row that do not count, after which a run ends."""


def resistance_parameter(title: str, default_ohm: float, description: str) -> Any:
    """Return a parameter for a resistance from 0 to 1 Gohm."""
    return FloatParameter(
        title, units="ohm", minimum=0, maximum=1e9, default=default_ohm, description=description
    )


class AdaptiveThreshold(PulsedProcedure):
    """For each trial: saturate, set the bias field, bring the wall to its level, fire one pulse.

    It measures the amplitude V_C at which a single pulse moves the wall out of one level in half of
    the trials, and its spread σ: of the saturated level, or of the one in which a pulse of
    `prepare_V` leaves the wall. The next amplitude is that with the largest expected information.
    The run ends when the interval of V_C is `interval_V` wide and the trials follow the law, when
    V_C surely lies beyond the range of amplitudes, when the readings show two levels instead of
    one, or before `most_pulses` would be exceeded.

    With `reset_V` the device is saturated only once; a wall that held is then driven off by the
    last amplitude, since a visit may keep its threshold, and every trial begins after a reset
    pulse. A resumed run continues with the posterior of its stored points.
    """

    name = "adaptive-threshold"
    summary = "Single pulses where they tell most: the threshold of one level and its spread"
    extra_quantities = ("moved", "V_C_V", "V_C_low_V", "V_C_high_V", "sigma_V")
    chooses_pulses = True

    amplitude_start_V = amplitude_parameter("Lowest amplitude", 0.5, "Lowest amplitude of a trial")
    amplitude_stop_V = amplitude_parameter("Highest amplitude", 2.0, "Highest amplitude of a trial")
    interval_V = FloatParameter(
        "Interval",
        units="V",
        minimum=1e-4,
        maximum=10,
        default=0.05,
        description="Width of the 95 % interval of V_C at which the run ends",
    )
    prepare_V = amplitude_parameter(
        "Preparing amplitude", 0.0, "Pulse that brings the wall to its level; 0 for none"
    )
    reset_V = amplitude_parameter(
        "Reset amplitude", 0.0, "Magnitude of a reset pulse before each trial; 0 to saturate"
    )
    most_pulses = IntegerParameter(
        "Maximum pulses",
        minimum=1,
        maximum=1_000_000,
        default=200,
        description="Maximum number of pulses, those that prepare and reset included",
    )
    saturation_field_T = field_parameter(
        "Saturation field", 0.05, "Field that saturates the junction antiparallel"
    )
    bias_field_T = field_parameter("Bias field", -0.004, "Field during the pulses")
    reset_bias_T = field_parameter("Bias field for resetting", -0.042, "Field during reset pulses")
    threshold_ohm = resistance_parameter(
        "Resistance threshold", 96.6, "Resistance between the level that is left and the next one"
    )
    margin_ohm = resistance_parameter(
        "Margin", 0.5, "Readings as near as this to the resistance threshold are repeated"
    )
    upper_ohm = resistance_parameter(
        "Upper resistance", 0.0, "Resistance above the level that is left; 0 for the first level"
    )
    _earlier: tuple[Trial, ...] = ()

    @property
    def prior(self) -> Prior:
        return prior_of(self.parameter_values())

    @property
    def judgement(self) -> Judgement:
        return judgement_of(self.parameter_values())

    def validate(self) -> None:
        if not self.amplitude_start_V < self.amplitude_stop_V:
            raise ProtocolError(
                f"The amplitudes go from {self.amplitude_start_V:g} to {self.amplitude_stop_V:g} "
                "V: the highest must be above the lowest."
            )
        if self.upper_ohm and self.upper_ohm <= self.threshold_ohm + 2 * self.margin_ohm:
            raise ProtocolError(
                f"The level that is left has no room between {self.threshold_ohm:g} and "
                f"{self.upper_ohm:g} ohm: raise upper_ohm, or lower margin_ohm."
            )
        if self.expected_cycles() < 1:
            raise ProtocolError(
                f"A trial takes up to {self.pulses_per_cycle()} pulses, more than most_pulses = "
                f"{self.most_pulses}: raise it."
            )

    def set_points(self) -> SetPoints:
        prepare = (self.prepare_V,) if self.prepare_V else ()
        reset = ((-self.reset_V,), (self.reset_bias_T,)) if self.reset_V else ((), ())
        return SetPoints(
            amplitudes_V=(self.amplitude_start_V, self.amplitude_stop_V, *prepare, *reset[0]),
            shape=self.shape,
            currents_A=(self.read_current_A,),
            fields_T=(self.saturation_field_T, self.bias_field_T, *reset[1]),
        )

    def expected_cycles(self) -> int:
        """Return the maximum number of trials."""
        return int(self.most_pulses) // self.pulses_per_cycle()

    def pulses_per_cycle(self) -> int:
        return 1 + bool(self.prepare_V) + 2 * bool(self.reset_V)

    def points_per_cycle(self) -> int:
        return 3 + bool(self.prepare_V) + bool(self.reset_V)

    def recall(self, points: "pd.DataFrame") -> None:
        """Continue after the trials of earlier attempts, columns as in `Store.points`."""
        self._earlier = trials_of(points, self.judgement)

    def rehearsal(self) -> "AdaptiveThreshold":
        """Return a protocol that fires as much as this one can at most, whatever it reads."""
        rehearsed = _Rehearsal()
        for name, value in self.parameter_values().items():
            setattr(rehearsed, name, value)
        return rehearsed

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence.start(bench, self.read_current_A, self.shape)
        posterior = posterior_of(self._earlier, self.prior)
        trials, lost = list(self._earlier), 0
        trial = Trial(None, None)
        for cycle in range(first_cycle, self.expected_cycles()):
            if self._ends(posterior, trials):
                return
            readings = yield from self._trial(sequence, cycle, trial, posterior)
            trial = self._judged(readings)
            trials.append(trial)
            lost = 0 if trial.moved is not None else lost + 1
            if lost == MOST_LOST:
                raise ProtocolError(self._loss(readings))

    def _trial(
        self, sequence: MeasurementSequence, cycle: int, before: Trial, posterior: Posterior
    ) -> Generator[Point, None, list[TrialReading]]:
        """Prepare, fire and read until decided; the last point carries the result so far."""
        readings = yield from _collected(self._prepare(sequence, cycle, before))
        if not self._is_prepared(readings):
            return readings
        amplitude_V = self._amplitude_V(posterior)
        (point,) = sequence.pulses(
            (amplitude_V,), self.shape, self.read_delay_s, Phase.WRITE, cycle
        )
        readings.append(_reading(point))
        for _ in range(MOST_READINGS - 1):
            if self._judged(readings).moved is not None:
                break
            yield point
            point = sequence.read(Phase.READ, cycle)
            readings.append(_reading(point))
        moved = self._judged(readings).moved
        if moved is not None:
            posterior.add(amplitude_V, moved)
        yield replace(point, extra=_so_far(posterior, moved))
        return readings

    def _prepare(self, sequence: MeasurementSequence, cycle: int, before: Trial) -> Iterator[Point]:
        delay_s, shape = self.read_delay_s, self.shape
        if self.reset_V and before.moved is not None:
            sequence.set_field(self.bias_field_T)
            if not before.moved:
                sequence.bench.generator.fire(self.amplitude_stop_V)
            sequence.set_field(self.reset_bias_T)
            yield from sequence.pulses((-self.reset_V,), shape, delay_s, Phase.RESET, cycle)
            sequence.set_field(self.bias_field_T)
            yield sequence.read(Phase.BIAS, cycle)
        else:
            yield from sequence.saturate(self.saturation_field_T, self.bias_field_T, cycle)
        if self.prepare_V:
            yield from sequence.pulses((self.prepare_V,), shape, delay_s, Phase.PREPARE, cycle)

    def _ends(self, posterior: Posterior, trials: list[Trial]) -> bool:
        return is_complete(posterior, trials, self.prepare_V)

    def _amplitude_V(self, posterior: Posterior) -> float:
        return next_amplitude_V(posterior)

    def _is_prepared(self, readings: list[TrialReading]) -> bool:
        return self.judgement.is_prepared(readings[-1].resistance_ohm)

    def _judged(self, readings: list[TrialReading]) -> Trial:
        return trial_of(readings, self.judgement)

    def _loss(self, readings: list[TrialReading]) -> str:
        last = readings[-1].resistance_ohm
        between = f"above {self.threshold_ohm + self.margin_ohm:g} ohm"
        if self.upper_ohm:
            between += f" and below {self.upper_ohm:g} ohm"
        return (
            f"{MOST_LOST} trials in a row did not count; the last reading is "
            f"{'missing' if last is None else f'{last:g} ohm'}. A prepared wall must read "
            f"{between}, and a pulse must not leave it within margin_ohm of threshold_ohm: check "
            "these, prepare_V and the field."
        )


class _Rehearsal(AdaptiveThreshold):
    """Every trial is prepared, held, and decided by its first reading; none is the last."""

    def _ends(self, posterior: Posterior, trials: list[Trial]) -> bool:
        del posterior, trials
        return False

    def _amplitude_V(self, posterior: Posterior) -> float:
        del posterior
        return float(self.amplitude_stop_V)

    def _is_prepared(self, readings: list[TrialReading]) -> bool:
        return bool(readings)

    def _judged(self, readings: list[TrialReading]) -> Trial:
        del readings
        return Trial(self.amplitude_stop_V, False)


def _collected(points: Iterable[Point]) -> Generator[Point, None, list[TrialReading]]:
    """Yield the points and return what a trial needs of them."""
    readings = []
    for point in points:
        readings.append(_reading(point))
        yield point
    return readings


def _reading(point: Point) -> TrialReading:
    return TrialReading(point.phase, point.amplitude_V, point.resistance_ohm)


def _so_far(posterior: Posterior, moved: bool | None) -> Mapping[str, float | bool | None]:
    low_V, value_V, high_V = posterior.mean_quantiles(SHARES)
    return {
        "moved": moved,
        "V_C_V": value_V,
        "V_C_low_V": low_V,
        "V_C_high_V": high_V,
        "sigma_V": posterior.sigma_quantiles((0.5,))[0],
    }
