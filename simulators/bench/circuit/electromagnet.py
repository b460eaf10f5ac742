"""A coil with an iron yoke, fed by a supply: the current it carries and the field it makes.

Current: L di/dt = u − R i; a current source keeps u at its limit until its target is reached, so
i(t) = u/R + (i₀ − u/R) exp(−t R/L). Field: B = P(k i), with P the play operator of half-width B_r:
B follows k i at a distance B_r on the side it came from, which is the remanence left at i = 0 and
the only hysteresis of a soft yoke far from saturation (k i well below 1 T).
"""

import math
from dataclasses import dataclass

_FIELD_STEP_T = 1e-3
_MOST_STEPS = 64


@dataclass(slots=True)
class Electromagnet:
    """The coil between the poles of which the device sits; times are the lab's, in seconds."""

    field_per_current_T_per_A: float
    inductance_H: float
    resistance_ohm: float
    remanence_T: float
    _since_s: float = 0.0
    _start_A: float = 0.0
    _target_A: float = 0.0
    _voltage_V: float = 0.0
    _rate_A_per_s: float = 0.0  # 0 unless a supply ramps the current by itself
    _field_T: float = 0.0

    def feed_current(self, now_s: float, target_A: float, voltage_limit_V: float) -> None:
        """From now on drive the current to `target_A` with at most ±`voltage_limit_V`."""
        self._start_A, self._since_s = self.current_A(now_s), now_s
        self._rate_A_per_s = 0.0
        limit_A = abs(voltage_limit_V) / self.resistance_ohm
        self._target_A = max(-limit_A, min(limit_A, target_A))
        self._voltage_V = math.copysign(voltage_limit_V, target_A - self._start_A)

    def feed_ramp(self, now_s: float, target_A: float, rate_A_per_s: float) -> None:
        """From now on change the current to `target_A` at a rate; no voltage limits it."""
        self._start_A, self._since_s = self.current_A(now_s), now_s
        self._target_A, self._rate_A_per_s = target_A, rate_A_per_s

    def feed_voltage(self, now_s: float, voltage_V: float, current_limit_A: float) -> None:
        """From now on hold `voltage_V` across the coil as long as ±`current_limit_A` allows."""
        final_A = voltage_V / self.resistance_ohm
        target_A = max(-current_limit_A, min(current_limit_A, final_A))
        start_A = self.current_A(now_s)
        if abs(start_A) > current_limit_A:
            self.feed_current(
                now_s, target_A, max(abs(voltage_V), abs(start_A * self.resistance_ohm))
            )
            return
        self._start_A, self._since_s = start_A, now_s
        self._rate_A_per_s = 0.0
        self._target_A, self._voltage_V = target_A, voltage_V

    def current_A(self, now_s: float) -> float:
        """Return the coil's current at a time not before the last change."""
        if now_s >= self._since_s + self._ramp_s():
            return self._target_A
        if self._rate_A_per_s:
            moved_A = self._rate_A_per_s * (now_s - self._since_s)
            return self._start_A + math.copysign(moved_A, self._target_A - self._start_A)
        final_A = self._voltage_V / self.resistance_ohm
        decay = math.exp(-(now_s - self._since_s) * self.resistance_ohm / self.inductance_H)
        return final_A + (self._start_A - final_A) * decay

    def voltage_V(self, now_s: float) -> float:
        """Return the voltage across the coil."""
        if now_s < self._since_s + self._ramp_s():
            if self._rate_A_per_s:
                slope = math.copysign(self._rate_A_per_s, self._target_A - self._start_A)
                return self.inductance_H * slope + self.resistance_ohm * self.current_A(now_s)
            return self._voltage_V
        return self._target_A * self.resistance_ohm

    def field_T(self, now_s: float) -> float:
        """Return the field at the device; asking moves the yoke's history on to `now_s`."""
        coil_T = self.field_per_current_T_per_A * self.current_A(now_s)
        self._field_T = max(
            coil_T - self.remanence_T, min(coil_T + self.remanence_T, self._field_T)
        )
        return self._field_T

    def steps(self, start_s: float, stop_s: float) -> list[tuple[float, float]]:
        """Return (duration, field) pieces of an interval, 1 mT or finer where the field moves."""
        settled_s = self._since_s + self._ramp_s()
        if start_s >= settled_s:
            return [(stop_s - start_s, self.field_T(stop_s))]
        moving_s = min(stop_s, settled_s)
        span_A = self.current_A(moving_s) - self.current_A(start_s)
        span_T = abs(span_A * self.field_per_current_T_per_A)
        count = max(1, min(_MOST_STEPS, math.ceil(span_T / _FIELD_STEP_T)))
        edges = [start_s + (moving_s - start_s) * k / count for k in range(1, count + 1)]
        pieces = [((moving_s - start_s) / count, self.field_T(edge)) for edge in edges]
        if stop_s > settled_s:
            pieces.append((stop_s - settled_s, self.field_T(stop_s)))
        return pieces

    def _ramp_s(self) -> float:
        """Return how long after the last change the target is reached."""
        final_A = self._voltage_V / self.resistance_ohm
        if self._target_A == self._start_A:
            return 0.0
        if self._rate_A_per_s:
            return abs(self._target_A - self._start_A) / self._rate_A_per_s
        remaining = (self._target_A - final_A) / (self._start_A - final_A)
        tau_s = self.inductance_H / self.resistance_ohm
        return math.inf if remaining <= 0.0 else -tau_s * math.log(remaining)
