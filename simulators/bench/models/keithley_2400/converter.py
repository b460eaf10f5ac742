"""One source-measure cycle of a source-meter: force, wait, integrate, convert.

A reading takes NPLC power-line cycles, three times over with autozero (signal, reference, zero),
after the source and trigger delays. Its noise is one count rms of the range at one cycle of 50 Hz
and falls with the root of the integration time (5½ digits, as the data sheet's resolution).
Systematic gain and offset errors within the specification are left out.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from ...circuit.circuit import Circuit
from .settings import (
    AUTO_DELAY_S,
    OVER_RANGE,
    TEST_CURRENTS_A,
    MeterSettings,
    Quantity,
)

NOT_A_NUMBER = 9.91e37
OVERFLOW = 9.9e37
AUTO_OHMS_COMPLIANCE_V = 2.1
_LARGEST_RESISTANCE_OHM = 2.1e8

OVERFLOWED, FILTERED, FRONT, COMPLIANCE, PROTECTED = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4
AUTO_OHMS, V_SOURCED, I_SOURCED = 1 << 10, 1 << 14, 1 << 15
RANGE_COMPLIANCE, REMOTE_SENSE = 1 << 16, 1 << 22
_MEASURED = {"VOLT": 1 << 11, "CURR": 1 << 12, "RES": 1 << 13}


@dataclass(frozen=True, slots=True)
class SourceMeasurement:
    """One source-measure cycle: V, A, Ω, the lab's time in s, the status word."""

    voltage: float
    current: float
    resistance: float
    time: float
    status: int


@dataclass(slots=True)
class Converter:
    """The analogue half of the instrument, between its terminals and its display.

    `limited` is True while the source is in compliance, as far as it has been looked at.
    """

    circuit: Circuit
    random: np.random.Generator
    limited: bool = False
    _moving: deque[tuple[float, float]] = field(default_factory=deque)

    def reading(self, settings: MeterSettings, line_frequency_Hz: float) -> SourceMeasurement:
        """Take one reading, for its duration."""
        cycle_s = settings.nplc / line_frequency_Hz
        repeats = settings.filtered and settings.filter_kind == "REP"
        integration_s = cycle_s * (settings.filter_count if repeats else 1)
        delay_s = AUTO_DELAY_S if settings.source_delay_auto else settings.source_delay_s
        clock = self.circuit.clock
        clock.sleep(delay_s + settings.trigger_delay_s)
        clock.sleep(integration_s * (3 if settings.autozero else 1))
        true_V, true_A = self.force(settings, integration_s)
        voltage, current = self._convert(settings, true_V, true_A, integration_s)
        over = OVERFLOW in (abs(voltage), abs(current))
        resistance = voltage / current if current and not over else OVERFLOW
        if abs(resistance) > _LARGEST_RESISTANCE_OHM and "RES" in settings.functions:
            resistance, over = OVERFLOW, True
        shown = settings.functions
        return SourceMeasurement(
            voltage if "VOLT" in shown or not settings.sources_current else NOT_A_NUMBER,
            current if "CURR" in shown or settings.sources_current else NOT_A_NUMBER,
            resistance if "RES" in shown else NOT_A_NUMBER,
            clock.now_s(),
            _status(settings, limited=self.limited, over=over),
        )

    def open_lines_V(self, settings: MeterSettings) -> float:
        """Return the voltage of the source without a load: a current source's is at its limit."""
        if settings.terminals != self.circuit.meter_terminals:
            return 0.0
        if settings.auto_ohms:
            return AUTO_OHMS_COMPLIANCE_V
        if settings.source == "CURR":
            current_A = settings.current.sourced_level()
            return math.copysign(settings.voltage_limit_V(), current_A) if current_A else 0.0
        return settings.sourced_voltage_V()

    def sourced(self, settings: MeterSettings) -> tuple[float, float]:
        """Return the current in A that is sourced into the junction, 0 if none, and its limit."""
        if settings.source != "CURR" or settings.terminals != self.circuit.meter_terminals:
            return 0.0, 0.0
        return settings.current.sourced_level(), settings.voltage_limit_V()

    def force(self, settings: MeterSettings, integration_s: float) -> tuple[float, float]:
        """Put the source's level on the junction; return V at the sense leads, and A."""
        current_A: float | None = None
        voltage_V: float | None = None
        if settings.auto_ohms:
            current_A, limit = self._test_current_A(settings), AUTO_OHMS_COMPLIANCE_V
        elif settings.source == "CURR":
            current_A, limit = settings.current.sourced_level(), settings.voltage_limit_V()
        else:
            voltage_V, limit = settings.sourced_voltage_V(), settings.current.limit()
        true_V, true_A, self.limited = self.circuit.junction(
            current_A=current_A,
            voltage_V=voltage_V,
            limit=limit,
            integration_s=integration_s,
            four_wire=settings.four_wire,
            terminals=settings.terminals,
        )
        return true_V, true_A

    def _test_current_A(self, settings: MeterSettings) -> float:
        resistance = settings.resistance
        if resistance.auto:
            seen_ohm = self.circuit.seen_resistance_ohm(
                four_wire=settings.four_wire, terminals=settings.terminals
            )
            fits = (full for full in resistance.ranges if seen_ohm <= full * OVER_RANGE)
            resistance.range = next(fits, resistance.ranges[-1])
        return TEST_CURRENTS_A[resistance.ranges.index(resistance.range)]

    def _convert(
        self, settings: MeterSettings, true_V: float, true_A: float, integration_s: float
    ) -> tuple[float, float]:
        of_current = settings.sources_current
        free = settings.auto_ohms
        voltage = self._digits(settings.voltage, true_V, integration_s, not of_current, free)
        current = self._digits(settings.current, true_A, integration_s, of_current, free)
        if not (settings.filtered and settings.filter_kind == "MOV"):
            self._moving.clear()
            return voltage, current
        self._moving.append((voltage, current))
        while len(self._moving) > settings.filter_count:
            self._moving.popleft()
        voltages, currents = zip(*self._moving, strict=True)
        return sum(voltages) / len(voltages), sum(currents) / len(currents)

    def _digits(
        self, quantity: Quantity, value: float, integration_s: float, sourced: bool, free: bool
    ) -> float:
        """Return a value as converted on its range: the source's own range for what is sourced."""
        fixed = quantity.source_range if sourced else quantity.range
        chosen = (quantity.auto and not sourced) or free
        largest = quantity.ranges[-1]
        on_range = quantity.choose(min(abs(value), largest)) if chosen else fixed
        if not sourced:
            quantity.range = on_range
        if abs(value) > on_range * (OVER_RANGE + 1e-6):
            return math.copysign(OVERFLOW, value)
        count = on_range / quantity.counts
        noise = count * math.sqrt(0.02 / integration_s) * self.random.standard_normal()
        return round((value + noise) / count) * count


def _status(settings: MeterSettings, *, limited: bool, over: bool) -> int:
    status = I_SOURCED if settings.sources_current else V_SOURCED
    status |= sum(_MEASURED[function] for function in settings.functions)
    status |= OVERFLOWED if over else 0
    status |= FILTERED if settings.filtered else 0
    status |= FRONT if settings.terminals == "FRON" else 0
    status |= AUTO_OHMS if settings.auto_ohms else 0
    status |= REMOTE_SENSE if settings.four_wire else 0
    if limited:
        quantity = settings.voltage if settings.sources_current else settings.current
        real = settings.auto_ohms or quantity.limit() >= abs(quantity.protection)
        status |= COMPLIANCE if real else RANGE_COMPLIANCE
    status |= PROTECTED if settings.is_protected(limited=limited) else 0
    return status
