"""The limits of a bench, checked in the role layer before anything reaches hardware."""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, isnan
from typing import Generic, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..validation import Section
from .errors import BenchError, LimitError
from .roles import (
    Instrument,
    Magnet,
    PulseGenerator,
    PulseShape,
    Reading,
    ResistanceMeter,
    TemperatureController,
)
from .tracing import traced

Role = TypeVar("Role", bound=Instrument)

PATIENCE_S = 4.0  # for another thread to end what it tells an instrument
EDGE_SHARE = 0.8  # of a whole edge lies between 10 % and 90 %


class Limits(Section):
    """The `[limits]` of a bench file: magnitudes at the device that must never be exceeded."""

    pulse_amplitude_V: float = Field(gt=0, le=200, description="largest pulse, either sign")
    pulse_width_s: float = Field(gt=0, le=10, description="longest pulse")
    read_current_A: float = Field(gt=0, le=1, description="largest current in the junction")
    read_voltage_V: float = Field(gt=0, le=20, description="largest voltage at the junction")
    field_T: float = Field(gt=0, le=20, description="largest field, either sign")
    field_rate_T_per_s: float = Field(ge=1e-10, le=10, description="fastest change of the field")

    lowest_temperature_K: float | None = Field(
        default=None, gt=0, description="lowest set point of a temperature controller"
    )
    highest_temperature_K: float | None = Field(
        default=None, gt=0, description="highest set point of a temperature controller"
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        lowest_K, highest_K = self.lowest_temperature_K, self.highest_temperature_K
        if lowest_K is not None and highest_K is not None and lowest_K >= highest_K:
            kind = PydanticCustomError(
                "order", "is not above lowest_temperature_K; correct one of them"
            )
            detail = InitErrorDetails(type=kind, loc=("highest_temperature_K",), input=highest_K)
            raise ValidationError.from_exception_data("limits", [detail])
        return self

    def check_temperature(self, temperature_K: float) -> None:
        lowest_K, highest_K = self.lowest_temperature_K, self.highest_temperature_K
        if lowest_K is None or highest_K is None:
            raise LimitError(
                "A temperature can only be set within [limits] lowest_temperature_K and "
                "highest_temperature_K; add them to the bench file."
            )
        if not lowest_K <= temperature_K <= highest_K:
            raise LimitError(
                f"A temperature of {temperature_K:g} K is beyond the bench's limits of "
                f"{lowest_K:g} K to {highest_K:g} K ([limits] lowest_temperature_K and "
                "highest_temperature_K in the bench file)."
            )

    def check_pulse(self, amplitude_V: float) -> None:
        self._check("a pulse amplitude", amplitude_V, "pulse_amplitude_V", "V")

    def check_shape(self, shape: PulseShape) -> None:
        self._check("a pulse width", shape.width_s, "pulse_width_s", "s")
        if not (shape.width_s > 0 and shape.rise_s > 0 and shape.fall_s > 0):
            raise LimitError("Width, rise and fall of a pulse must be longer than 0 s.")
        if not (shape.rise_s + shape.fall_s) / EDGE_SHARE <= 2 * shape.width_s:
            raise LimitError(
                f"Rise and fall of {shape.rise_s:g} s and {shape.fall_s:g} s do not fit into a "
                f"pulse {shape.width_s:g} s wide; widen the pulse or shorten its edges."
            )

    def check_current(self, current_A: float) -> None:
        self._check("a read current", current_A, "read_current_A", "A")
        if current_A == 0:
            raise LimitError("A resistance cannot be read with 0 A; set a read current.")

    def check_field(self, field_T: float) -> None:
        self._check("a field", field_T, "field_T", "T")

    def _check(self, what: str, value: float, name: str, unit: str) -> None:
        limit: float = getattr(self, name)
        if not abs(value) <= limit:
            raise LimitError(
                f"{what[0].upper()}{what[1:]} of {value:g} {unit} is beyond the bench's limit of "
                f"{limit:g} {unit} ([limits] {name} in the bench file)."
            )


@dataclass(frozen=True, slots=True)
class SetPoints:
    """All set points of a protocol, known before it starts."""

    amplitudes_V: tuple[float, ...] = ()
    shape: PulseShape | None = None
    currents_A: tuple[float, ...] = ()
    fields_T: tuple[float, ...] = ()


def _largest_first(values: Iterable[float]) -> list[float]:
    """Return values by their magnitude, so that a refusal names the end of a ramp, not a step."""
    return sorted(values, key=lambda value: inf if isnan(value) else abs(value), reverse=True)


class _Limited(Generic[Role]):
    """An instrument behind the limits; what needs no check is passed on."""

    def __init__(self, inner: Role, limits: Limits) -> None:
        self.inner = inner
        self.closed = False  # then nothing is set any more
        self._limits = limits
        self._in_use = threading.RLock()

    @contextmanager
    def _using(self) -> Iterator[None]:
        """Keep other threads off while the instrument is told something; raises BenchError."""
        with self._in_use:
            if self.closed:
                raise BenchError("The bench is closed, or about to be: open it again.")
            yield

    @contextmanager
    def _after_use(self) -> Iterator[None]:
        """Wait until no other thread tells the instrument anything, though not for ever."""
        alone = self._in_use.acquire(timeout=PATIENCE_S)
        try:
            yield
        finally:
            if alone:
                self._in_use.release()

    @property
    def identity(self) -> str:
        return self.inner.identity

    def check(self) -> None:
        self.inner.check()

    def make_safe(self) -> None:
        with self._after_use():
            self.inner.make_safe()


class _Source(_Limited[Role]):
    """An instrument that puts something on the lines from being armed until made safe."""

    def __init__(self, inner: Role, limits: Limits) -> None:
        super().__init__(inner, limits)
        self.armed = False

    def make_safe(self) -> None:
        super().make_safe()
        self.armed = False


class LimitedPulseGenerator(_Source[PulseGenerator]):
    """A pulse generator whose set points are checked against the limits."""

    @property
    def minimum_amplitude_V(self) -> float:
        return self.inner.minimum_amplitude_V

    @property
    def maximum_amplitude_V(self) -> float:
        return self.inner.maximum_amplitude_V

    @traced("arm generator")
    def arm(self, shape: PulseShape) -> None:
        self._limits.check_shape(shape)
        with self._using():
            self.armed = True
            self.inner.arm(shape)

    @traced("fire")
    def fire(self, amplitude_V: float) -> None:
        self.check_amplitudes((amplitude_V,))
        with self._using():
            self.inner.fire(amplitude_V)

    def check_amplitudes(self, amplitudes_V: Iterable[float]) -> None:
        """Raise LimitError for the largest pulse beyond the limits or the generator's own range."""
        for amplitude_V in _largest_first(amplitudes_V):
            self._limits.check_pulse(amplitude_V)
            smallest, largest = self.inner.minimum_amplitude_V, self.inner.maximum_amplitude_V
            if not smallest * (1 - 1e-9) <= abs(amplitude_V) <= largest * (1 + 1e-9):
                raise LimitError(
                    f"A pulse of {amplitude_V:g} V cannot be made: generator and amplifier deliver "
                    f"{smallest:g} V to {largest:g} V at the device; change the amplitude or the "
                    "amplifier_gain in the bench file."
                )


class LimitedMagnet(_Source[Magnet]):
    """A magnet whose set points are checked against the limits."""

    @property
    def gaussmeter_identity(self) -> str:
        return self.inner.gaussmeter_identity

    @property
    def maximum_field_T(self) -> float:
        return self.inner.maximum_field_T

    @traced("set field", logging.INFO)
    def set_field(self, field_T: float) -> float:
        self.check_fields((field_T,))
        with self._using():
            self.armed = True
            return self.inner.set_field(field_T)

    def make_safe(self) -> None:
        self.inner.interrupt()
        super().make_safe()

    def check_fields(self, fields_T: Iterable[float]) -> None:
        """Raise LimitError for the largest field beyond the limits or the supply's own range."""
        for field_T in _largest_first(fields_T):
            self._limits.check_field(field_T)
            if field_T and abs(field_T) > self.inner.maximum_field_T:
                raise LimitError(
                    f"A field of {field_T:g} T is beyond the {self.inner.maximum_field_T:g} T that "
                    "supply and coil reach; lower it or correct coil_T_per_A in the bench file."
                )

    def read_field(self) -> float:
        return self.inner.read_field()


class LimitedTemperatureController(_Source[TemperatureController]):
    """A temperature controller whose set point is checked against the limits."""

    @traced("set temperature", logging.INFO)
    def set_temperature(self, temperature_K: float) -> float:
        self.check_temperature(temperature_K)
        with self._using():
            self.armed = True
            return self.inner.set_temperature(temperature_K)

    def check_temperature(self, temperature_K: float) -> None:
        """Raise LimitError for a temperature beyond the limits."""
        self._limits.check_temperature(temperature_K)

    def make_safe(self) -> None:
        self.inner.interrupt()
        super().make_safe()

    def read_temperature(self) -> float:
        return self.inner.read_temperature()


class LimitedResistanceMeter(_Source[ResistanceMeter]):
    """A resistance meter whose current is checked against the limits."""

    @property
    def source_identity(self) -> str:
        """The identity of the current source beside a voltmeter; "none" for other meters."""
        return str(getattr(self.inner, "source_identity", "none"))

    @traced("arm meter")
    def arm(self, current_A: float) -> None:
        self.check_currents((current_A,))
        with self._using():
            self.armed = True
            self.inner.arm(current_A)

    def check_currents(self, currents_A: Iterable[float]) -> None:
        """Raise LimitError for the largest read current beyond the limits or the meter's range."""
        for current_A in _largest_first(currents_A):
            self._limits.check_current(current_A)
            if abs(current_A) < self.inner.minimum_current_A:
                raise LimitError(
                    f"A read current of {current_A:g} A is below the "
                    f"{self.inner.minimum_current_A:g} A that the meter can source; raise it."
                )

    @traced("read resistance")
    def read(self) -> Reading:
        with self._using():
            return self.inner.read()
