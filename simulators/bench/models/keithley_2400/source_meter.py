"""The digital half of a source-meter: output, one-shot configuration, trigger model, buffer."""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...circuit.circuit import Circuit
from ...errors import ScpiError
from .converter import OVERFLOWED, Converter, SourceMeasurement
from .settings import OVER_RANGE, MeterSettings

READING_AVAILABLE, READING_OVERFLOW, BUFFER_FULL, IN_COMPLIANCE = 64, 128, 512, 1 << 14
_SETTLING_S = 1e-3


class SourceMeter:
    """A 2400-style source-meter whose output drives the junction of the circuit's device."""

    def __init__(self, circuit: Circuit, random: np.random.Generator) -> None:
        self._converter = Converter(circuit, random)
        self._clock = circuit.clock
        self.settings = MeterSettings()
        self.output = False
        self.line_frequency_Hz = 50
        self.line_frequency_auto = True
        self._started_s = circuit.clock.now_s()
        self.trace: list[SourceMeasurement] = []
        self.trace_points = 100
        self.trace_feeding = False
        self.measurement_event = 0
        self.measurement_enable = 0
        self._last: tuple[SourceMeasurement, ...] = ()
        self._armed = False
        circuit.open_lines_V = self.open_lines_V
        circuit.current_sources.append(self.sourced)

    def reset(self) -> None:
        """Return to the GPIB defaults: 0 V sourced, output off, amps measured, two wires."""
        self.settings = MeterSettings()
        self.output = self._armed = self.trace_feeding = False

    def setup(self) -> MeterSettings:
        """Return a copy of all settings, for `recall`."""
        return copy.deepcopy(self.settings)

    def recall(self, settings: MeterSettings) -> None:
        """Return to kept settings, with the output off."""
        self.switch(False)
        self.settings = copy.deepcopy(settings)

    def clear_events(self) -> None:
        """Clear the measurement event register."""
        self.measurement_event = 0

    def summary_bits(self) -> int:
        """Return bit 0 of the status byte: an enabled measurement event has happened."""
        return 1 if self.measurement_event & self.measurement_enable else 0

    def switch(self, on: bool) -> None:
        """Switch the output."""
        self.output = on
        self.apply()

    def apply(self) -> None:
        """Put the present source level on the junction, which may destroy it."""
        if self.output:
            self._converter.force(self.settings, _SETTLING_S)

    def select_terminals(self, terminals: str) -> None:
        """Use the front (`FRON`) or the rear terminals; a change switches the output off."""
        if terminals != self.settings.terminals:
            self.switch(False)
        self.settings.terminals = terminals

    def is_tripped(self, function: str) -> bool:
        """Return True if the output is held at the compliance of VOLT or CURR."""
        sources_current = self.settings.sources_current
        return self.output and self._converter.limited and sources_current == (function == "VOLT")

    def open_lines_V(self) -> float:
        """Return the voltage to which unconnected lines float."""
        return self._converter.open_lines_V(self.settings) if self.output else 0.0

    def sourced(self) -> tuple[float, float]:
        """Return the current in A that is sourced into the junction, 0 if none, and its limit."""
        return self._converter.sourced(self.settings) if self.output else (0.0, 0.0)

    def configure(self, function: str) -> None:
        """Prepare one-shot measurements of a function at its default controls; output on.

        They include its compliance: 105 uA for amps, 21 V for volts.
        """
        settings = self.settings
        default = MeterSettings().quantity(function)
        settings.functions = (function,)
        quantity = settings.quantity(function)
        quantity.auto, quantity.range, quantity.protection = True, default.range, default.protection
        settings.nplc, settings.autozero = 1.0, True
        if function == "RES":
            settings.resistance_mode = "AUTO"
        settings.arm_source = settings.trigger_source = "IMM"
        settings.arm_count = settings.trigger_count = 1
        settings.trigger_delay_s = 0.0
        self.trace_feeding = False
        if not settings.clear_auto:
            self.switch(True)

    def read(self) -> tuple[SourceMeasurement, ...]:
        """Take the programmed readings; +803 with the output off, -214 if none would start."""
        if self.settings.arm_source not in ("IMM", "TIM") or self.settings.trigger_source != "IMM":
            raise ScpiError(-214, "Trigger deadlock")
        return self._acquire()

    def initiate(self) -> None:
        """Start readings, or wait for the bus trigger that starts them."""
        self._check_output()
        if self.settings.arm_source in ("IMM", "TIM") and self.settings.trigger_source == "IMM":
            self._acquire()
        else:
            self._armed = True

    def trigger(self) -> None:
        """Execute a bus trigger; raises -211 if none is awaited."""
        if not self._armed or self.settings.arm_source != "BUS":
            raise ScpiError(-211, "Trigger ignored")
        self._acquire()

    def abort(self) -> None:
        """Return to idle."""
        self._armed = False

    def fetch(self) -> tuple[SourceMeasurement, ...]:
        """Return the latest readings; raises -230 if none exist."""
        if not self._last:
            raise ScpiError(-230, "Data corrupt or stale")
        return self._last

    def time_s(self) -> float:
        """Return the time in s since power-on or since it was set to zero."""
        return self._clock.now_s() - self._started_s

    def restart_time(self) -> None:
        """Set the time to zero."""
        self._started_s = self._clock.now_s()

    def clear_trace(self) -> None:
        """Empty the buffer."""
        self.trace.clear()

    def statistics(self) -> Sequence[float]:
        """Return mean, maximum, minimum or standard deviation of the buffer's V, A and Ω."""
        if not self.trace:
            raise ScpiError(-230, "Data corrupt or stale")
        columns = np.array([(r.voltage, r.current, r.resistance) for r in self.trace])
        reduced = {
            "MEAN": columns.mean(axis=0),
            "MAX": columns.max(axis=0),
            "MIN": columns.min(axis=0),
            "SDEV": columns.std(axis=0, ddof=min(1, len(columns) - 1)),
        }
        return [float(value) for value in reduced[self.settings.statistic]]

    def _check_output(self) -> None:
        if not self.output and not self.settings.clear_auto:
            raise ScpiError(803, "Not permitted with OUTPUT off")

    def _acquire(self) -> tuple[SourceMeasurement, ...]:
        self._check_output()
        settings, source = self.settings, self.settings.sourced
        self._armed = False
        readings: list[SourceMeasurement] = []
        programmed = source.level, source.source_range
        try:
            if settings.clear_auto:
                self.switch(True)
            for number, level in enumerate(self._levels()):
                if settings.arm_source == "TIM" and number % settings.trigger_count == 0:
                    self._clock.sleep(settings.arm_timer_s)
                if level is not None:
                    source.level, source.source_range = level
                readings.append(self._reading())
        finally:
            source.level, source.source_range = programmed
            if settings.clear_auto:
                self.switch(False)
            elif source.sweep.mode != "FIX":
                self.apply()
        return self._keep(readings)

    def _levels(self) -> list[tuple[float, float] | None]:
        """Return level and range of the source for each reading, None where they do not change."""
        settings, source = self.settings, self.settings.sourced
        count = settings.arm_count * settings.trigger_count
        if source.sweep.mode == "FIX" or settings.auto_ohms:
            return [None] * count
        levels = source.sweep.planned(settings.spacing, count)
        if settings.spacing.ranging == "FIX":
            largest = source.source_range * OVER_RANGE
            return [(max(-largest, min(largest, v)), source.source_range) for v in levels]
        best = source.choose(max(map(abs, levels)))
        auto = settings.spacing.ranging == "AUTO"
        return [(level, source.choose(level) if auto else best) for level in levels]

    def _reading(self) -> SourceMeasurement:
        reading = self._converter.reading(self.settings, self.line_frequency_Hz)
        return replace(reading, time=reading.time - self._started_s)

    def _keep(self, readings: list[SourceMeasurement]) -> tuple[SourceMeasurement, ...]:
        self._last = tuple(readings)
        self.measurement_event |= READING_AVAILABLE
        if self._converter.limited:
            self.measurement_event |= IN_COMPLIANCE
        if any(reading.status & OVERFLOWED for reading in readings):
            self.measurement_event |= READING_OVERFLOW
        if self.trace_feeding:
            self.trace += readings[: self.trace_points - len(self.trace)]
            if len(self.trace) >= self.trace_points:
                self.trace_feeding = False
                self.measurement_event |= BUFFER_FULL
        return self._last
