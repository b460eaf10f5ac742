"""The base of every protocol: a PyMeasure Procedure whose measurement is the generator `steps`.

A protocol declares its parameters and yields points. The runner of this project stores and
publishes them; a stock PyMeasure `Worker` runs the same class and emits them as results.
"""

import math
from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar

from pymeasure.experiment import FloatParameter, IntegerParameter, Parameter, Procedure

from ..instruments import Bench, PulseShape, SetPoints, load_bench_file, open_bench
from ..storage.points import Point
from .errors import ProtocolError, StopConditionError
from .running.stopping import PointWatch

LONGEST_LADDER = 100_000  # steps
LONGEST_RAMPS_S = 365 * 86_400.0  # of the field in one cycle

COLUMNS = {
    "phase": "Phase",
    "cycle": "Cycle",
    "time_s": "Time (s)",
    "amplitude_V": "Pulse amplitude (V)",
    "pulse_width_s": "Pulse width (s)",
    "field_T": "Field (T)",
    "voltage_V": "Voltage (V)",
    "current_A": "Current (A)",
    "resistance_ohm": "Resistance (ohm)",
}


def read_current_parameter(default_A: float) -> Any:
    """Return a parameter for the read current from −0.1 to 0.1 A."""
    return FloatParameter(
        "Read current",
        units="A",
        minimum=-0.1,
        maximum=0.1,
        default=default_A,
        description="Current through the junction for the four-point reading",
    )


class BenchProcedure(Procedure):
    """A protocol on a bench.

    A subclass has a `name`, a one-line `summary`, its parameters as class attributes, and the
    abstract methods. In a PyMeasure `Worker` it opens the bench `bench_file` unless `bench` is set,
    emits every point in the units of `DATA_COLUMNS`, and leaves the bench safe.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    chooses_pulses: ClassVar[bool] = False
    """True if the pulses depend on the readings before them."""
    bench_file: str = "virtual-trapezoid"
    bench: Bench | None = None
    extra_quantities: Collection[str] = ()
    """Names of the quantities in the `extra` of the points, which stop conditions may name, too."""
    DATA_COLUMNS: ClassVar[list[str]] = list(COLUMNS.values())

    read_current_A = read_current_parameter(100e-6)

    @abstractmethod
    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        """Measure from `first_cycle` on and yield a point after every reading."""

    @abstractmethod
    def set_points(self) -> SetPoints:
        """Return all amplitudes, pulse shapes, currents and fields that the protocol will set."""

    @abstractmethod
    def points_per_cycle(self) -> int:
        """Return the number of points of one cycle."""

    def pulses_per_cycle(self) -> int:
        """Return the number of pulses of one cycle: each amplitude of the set points once."""
        return len(self.set_points().amplitudes_V)

    def points_before_gaps(self) -> int | None:
        """Return the number of points before the first cycle without one; None if all have some.

        The last cycle has points in any case.
        """
        return None

    def expected_cycles(self) -> int:
        """Return the number of cycles."""
        return 1

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return the number of points from `first_cycle` on."""
        return self.points_per_cycle() * (self.expected_cycles() - first_cycle)

    def rehearsal(self) -> "BenchProcedure":
        """Return the protocol for a dry run, with constant readings; raises ProtocolError."""
        return self

    def validate(self) -> None:
        """Raise ProtocolError if the parameters, each within its bounds, are inconsistent."""

    def check(self, bench: Bench) -> None:
        """Raise ProtocolError or LimitError if the bench cannot run this; touch nothing."""
        self.validate()
        if self.read_current_A == 0:
            raise ProtocolError("The read current is 0 A, with which no resistance can be read.")
        self._watch(bench)
        set_points = self.set_points()
        bench.check(set_points)
        _check_ramps(set_points.fields_T, bench.limits.field_rate_T_per_s)

    def startup(self) -> None:
        """Open the bench for a PyMeasure `Worker`; raises what `check` and `open_bench` raise."""
        if self.bench is None:
            self.bench = open_bench(load_bench_file(self.bench_file))
        self.check(self.bench)

    def execute(self) -> None:
        """Measure and emit every point, until done or stopped by the `Worker`."""
        if self.bench is None:
            raise ProtocolError("The protocol has no bench; call startup() first.")
        expected = self.expected_points()
        watch = self._watch(self.bench)
        for index, point in enumerate(self.steps(self.bench), start=1):
            watch.judge(point)
            self.emit("results", {title: getattr(point, key) for key, title in COLUMNS.items()})
            self.emit("progress", 100 * index / expected)
            if watch.reason is not None:
                raise StopConditionError(watch.reason)
            if self.should_stop():
                return

    def shutdown(self) -> None:
        """Make the bench safe and close it."""
        if self.bench is not None:
            bench, self.bench = self.bench, None
            bench.close()

    def _watch(self, bench: Bench) -> PointWatch:
        quantities = (*self.extra_quantities, *bench.extra_quantities)
        return PointWatch(bench.stop_conditions, self.name, quantities)

    @classmethod
    def declared(cls) -> dict[str, Parameter]:
        """Return the declared parameters by name, with defaults, bounds and units."""
        procedure: BenchProcedure = cls()
        return dict(procedure.parameter_objects())


class PulsedProcedure(BenchProcedure):
    """The parameters of every protocol that fires pulses."""

    pulse_width_s = FloatParameter(
        "Pulse width",
        units="s",
        minimum=1.5e-9,
        maximum=1.0,
        default=50e-9,
        description="Full width at half maximum",
    )
    rise_s = FloatParameter(
        "Rise time",
        units="s",
        minimum=1e-9,
        maximum=1.0,
        default=10e-9,
        description="Leading edge, from 10 % to 90 %",
    )
    fall_s = FloatParameter(
        "Fall time",
        units="s",
        minimum=1e-9,
        maximum=1.0,
        default=10e-9,
        description="Trailing edge, from 90 % to 10 %",
    )
    read_delay_s = FloatParameter(
        "Read delay",
        units="s",
        minimum=0,
        maximum=3600,
        default=0,
        description="Time between a pulse and the reading after it",
    )

    @property
    def shape(self) -> PulseShape:
        """Width and edges of the pulses, in s."""
        return PulseShape(self.pulse_width_s, self.rise_s, self.fall_s)


def field_parameter(title: str, default_T: float, description: str) -> Any:
    """Return a parameter for a field from −3 to 3 T."""
    return FloatParameter(
        title, units="T", minimum=-3, maximum=3, default=default_T, description=description
    )


def amplitude_parameter(title: str, default_V: float, description: str) -> Any:
    """Return a parameter for the magnitude of a pulse from 0 to 100 V."""
    return FloatParameter(
        title, units="V", minimum=0, maximum=100, default=default_V, description=description
    )


def amplitude_step_parameter(default_V: float, description: str) -> Any:
    """Return a parameter for the step between amplitudes from 0.1 mV to 10 V."""
    return FloatParameter(
        "Amplitude step",
        units="V",
        minimum=1e-4,
        maximum=10,
        default=default_V,
        description=description,
    )


def cycles_parameter(default: int) -> Any:
    """Return a parameter for the number of cycles."""
    return IntegerParameter(
        "Cycles", minimum=1, maximum=1_000_000_000, default=default, description="Number of cycles"
    )


@lru_cache(maxsize=4)  # a form asks for the same one many times
def ladder(start: float, stop: float, step: float, what: str) -> tuple[float, ...]:
    """Return start, start + step, … and finally stop itself, after a shorter step if necessary.

    `what` names the values in errors. Raises ProtocolError unless step > 0 and stop ≥ start, and
    for more than LONGEST_LADDER steps.
    """
    if not step > 0:
        raise ProtocolError(f"The step of {what} is {step:g}; it must be greater than 0.")
    if stop < start:
        raise ProtocolError(f"The {what} stops at {stop:g}, below its start at {start:g}.")
    steps = (stop - start) / step * (1 - 1e-9) - 1e-9
    if steps > LONGEST_LADDER:
        raise ProtocolError(
            f"The {what} from {start:g} to {stop:g} has {steps:.3g} steps of {step:g}, more than "
            f"{LONGEST_LADDER:,}: make the step larger."
        )
    below_stop = max(0, math.ceil(steps))
    return (*(round(start + rung * step, 12) for rung in range(below_stop)), stop)


def _check_ramps(fields_T: Sequence[float], rate_T_per_s: float) -> None:
    change_T = sum(abs(after - before) for before, after in pairwise((0.0, *fields_T)))
    if not change_T <= LONGEST_RAMPS_S * rate_T_per_s:
        raise ProtocolError(
            f"The field changes by {change_T:g} T in a cycle, which takes longer than a year at "
            f"{rate_T_per_s:g} T/s: raise [limits] field_rate_T_per_s in the bench file."
        )
