"""The base of every protocol: a PyMeasure Procedure whose one method of physics is `steps`.

A protocol declares its parameters and yields points; who runs it decides the rest. This project's
runner stores and publishes the points; a stock PyMeasure `Worker` may run the same class, too.
"""

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from pymeasure.experiment import FloatParameter, IntegerParameter, Parameter, Procedure

from ..instruments import Bench, PulseShape, SetPoints, load_bench_file, open_bench
from ..storage.points import Point
from .errors import ProtocolError

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


class BenchProcedure(Procedure):
    """A protocol on a bench.

    Run by a PyMeasure `Worker`, it opens the bench named by `bench_file` unless `bench` was set,
    emits every point as results in the units of `DATA_COLUMNS`, and leaves the bench safe.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    bench_file: str = "virtual-trapezoid"
    bench: Bench | None = None
    DATA_COLUMNS: ClassVar[list[str]] = list(COLUMNS.values())

    read_current_A = FloatParameter(
        "Read current",
        units="A",
        minimum=-0.1,
        maximum=0.1,
        default=100e-6,
        description="Current through the junction for the four-point reading",
    )

    @abstractmethod
    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        """Drive the bench and yield a point after every reading, from `first_cycle` on."""

    @abstractmethod
    def set_points(self) -> SetPoints:
        """Return everything the protocol will ask of the bench."""

    @abstractmethod
    def points_per_cycle(self) -> int:
        """Return how many points one cycle yields."""

    def expected_cycles(self) -> int:
        """Return how many cycles the protocol runs."""
        return 1

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return how many points the protocol yields from `first_cycle` on."""
        return self.points_per_cycle() * (self.expected_cycles() - first_cycle)

    def validate(self) -> None:
        """Raise ProtocolError if parameters, each within its bounds, do not fit together."""

    def check(self, bench: Bench) -> None:
        """Raise ProtocolError or LimitError before anything is touched."""
        self.validate()
        bench.check(self.set_points())

    def startup(self) -> None:
        if self.bench is None:
            self.bench = open_bench(load_bench_file(self.bench_file))
        self.check(self.bench)

    def execute(self) -> None:
        if self.bench is None:
            raise ProtocolError("The protocol has no bench; call startup() first.")
        expected = self.expected_points()
        for index, point in enumerate(self.steps(self.bench), start=1):
            self.emit("results", {title: getattr(point, key) for key, title in COLUMNS.items()})
            self.emit("progress", 100 * index / expected)
            if self.should_stop():
                return

    def shutdown(self) -> None:
        if self.bench is not None:
            bench, self.bench = self.bench, None
            bench.close()

    @classmethod
    def declared(cls) -> dict[str, Parameter]:
        """Return every declared parameter by its name."""
        procedure: BenchProcedure = cls()
        return dict(procedure.parameter_objects())


class PulsedProcedure(BenchProcedure):
    """What every protocol that fires pulses declares."""

    pulse_width_s = FloatParameter(
        "Pulse width",
        units="s",
        minimum=1.5e-9,
        maximum=1.0,
        default=50e-9,
        description="Full width at half maximum",
    )
    rise_s = FloatParameter("Rise time", units="s", minimum=1e-9, maximum=1.0, default=10e-9)
    fall_s = FloatParameter("Fall time", units="s", minimum=1e-9, maximum=1.0, default=10e-9)
    read_delay_s = FloatParameter(
        "Read delay",
        units="s",
        minimum=0,
        maximum=3600,
        default=0,
        description="Pause between a pulse and the reading after it",
    )

    @property
    def shape(self) -> PulseShape:
        return PulseShape(self.pulse_width_s, self.rise_s, self.fall_s)


def field_parameter(title: str, default_T: float, description: str) -> Any:
    return FloatParameter(
        title, units="T", minimum=-3, maximum=3, default=default_T, description=description
    )


def amplitude_parameter(title: str, default_V: float, description: str) -> Any:
    return FloatParameter(
        title, units="V", minimum=0, maximum=100, default=default_V, description=description
    )


def cycles_parameter(default: int) -> Any:
    return IntegerParameter(
        "Cycles", minimum=1, maximum=1_000_000_000, default=default, description="How often"
    )


def ladder(start: float, stop: float, step: float, what: str) -> tuple[float, ...]:
    """Return start, start + step, … and at last stop itself, after a shorter step if need be.

    Raises ProtocolError if step is not positive or stop lies below start.
    """
    if not step > 0:
        raise ProtocolError(f"The step of {what} is {step:g}; it must be greater than 0.")
    if stop < start:
        raise ProtocolError(f"The {what} stops at {stop:g}, below its start at {start:g}.")
    below_stop = max(0, math.ceil((stop - start) / step * (1 - 1e-9) - 1e-9))
    return (*(round(start + rung * step, 12) for rung in range(below_stop)), stop)
