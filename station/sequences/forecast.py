"""The dry run of a sequence: what each step will do, and what all of it comes to."""

from dataclasses import dataclass
from math import isnan, nan

from ...instruments import BenchFile
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.dry_run import dry_run
from .file import SequenceStep
from .plan import Plan
from .step_check import procedures


@dataclass(frozen=True, slots=True)
class StepForecast:
    """What one step will do on one device; of a writing step only what is known beforehand.

    `runs`, `points` and `pulses` are upper bounds if it `chooses`. Amplitude, width, field
    and current are the largest magnitudes; NaN where they follow a model, whose own runs had them.
    `duration_s` is the time of real instruments, `wall_time_s` that on this bench; a pause until a
    clock time counts as nothing.
    """

    name: str
    what: str
    runs: int
    points: int
    pulses: int
    largest_amplitude_V: float
    pulse_width_s: float
    largest_field_T: float
    read_current_A: float
    duration_s: float
    wall_time_s: float
    chooses: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecasts of the steps, each done `times` times (devices and rounds)."""

    steps: tuple[StepForecast, ...]
    times: int

    @property
    def runs(self) -> int:
        return self.times * sum(step.runs for step in self.steps)

    @property
    def points(self) -> int:
        return self.times * sum(step.points for step in self.steps)

    @property
    def duration_s(self) -> float:
        return self.times * sum(step.duration_s for step in self.steps)

    @property
    def wall_time_s(self) -> float:
        return self.times * sum(step.wall_time_s for step in self.steps)

    @property
    def largest_amplitude_V(self) -> float:
        return _largest([step.largest_amplitude_V for step in self.steps])

    @property
    def largest_width_s(self) -> float:
        return _largest([step.pulse_width_s for step in self.steps])

    @property
    def largest_current_A(self) -> float:
        return _largest([step.read_current_A for step in self.steps])

    @property
    def largest_field_T(self) -> float:
        return _largest([step.largest_field_T for step in self.steps])


def forecast(plan: Plan, bench_file: BenchFile) -> Forecast:
    """Return what a sequence will do; no instrument is opened or needed."""
    sequence = plan.sequence
    times = sequence.rounds * sequence.device_count
    return Forecast(tuple(_step(step, bench_file) for step in sequence.step), times)


def _step(step: SequenceStep, bench_file: BenchFile) -> StepForecast:
    if step.calibrate is not None:
        return _without_run(step, f"calibrates from {', '.join(step.calibrate)}", 0.0)
    if step.wait_s is not None:
        return _without_run(step, "waits", step.wait_s)
    if step.until is not None:
        return _without_run(step, f"waits until {step.until}", 0.0)
    if step.protocol == WriteVerify.name:
        what = f"writes the level {step.level} of {step.model}"
        most = int(step.parameters.get("most_pulses", WriteVerify().most_pulses))
        return StepForecast(step.name, what, 1, most + 1, most, nan, nan, nan, nan, 0.0, 0.0, True)
    made = procedures(step) * len(step.temperatures_K)
    runs = [dry_run(procedure, bench_file) for procedure in made]
    set_points = [procedure.set_points() for procedure in made]
    shapes = [each.shape for each in set_points if each.shape is not None]
    return StepForecast(
        name=step.name,
        what=_what(step),
        runs=len(runs),
        points=sum(run.points for run in runs),
        pulses=sum(run.pulses for run in runs),
        largest_amplitude_V=_largest([run.largest_amplitude_V for run in runs]),
        pulse_width_s=_largest([shape.width_s for shape in shapes]),
        largest_field_T=_largest([run.largest_field_T for run in runs]),
        read_current_A=_largest([abs(A) for each in set_points for A in each.currents_A]),
        duration_s=sum(run.duration_s for run in runs),
        wall_time_s=sum(run.wall_time_s for run in runs),
        chooses=any(procedure.chooses_pulses for procedure in made),
    )


def _what(step: SequenceStep) -> str:
    temperatures = ", ".join(f"{each:g} K" for each in step.temperatures_K if each is not None)
    return f"{step.protocol} at {temperatures}" if temperatures else str(step.protocol)


def _without_run(step: SequenceStep, what: str, seconds: float) -> StepForecast:
    return StepForecast(step.name, what, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, seconds, seconds)


def _largest(values: list[float]) -> float:
    """Return the largest known value, NaN if there are only unknown ones, 0 if there are none."""
    known = [value for value in values if not isnan(value)]
    return max(known) if known else nan if values else 0.0
