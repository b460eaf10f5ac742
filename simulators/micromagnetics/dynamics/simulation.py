"""A film in time, without temperature: adaptive steps, in a window that follows the wall."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import MicromagneticsError
from ..film import Film
from ..precision import DOUBLE, SINGLE
from ..wall import Wall
from .bogacki_shampine import ERROR_WEIGHTS, NODES, WEIGHTS, combine, largest_error, normalise
from .frame import Frame
from .step_size import next_step

Reals = npt.NDArray[np.floating]
Current = float | Callable[[float], float]
"""Current density J0 in A/m², or a function of the time in s."""

_FIRST_STEP_s = 2e-14
_STEPS_BETWEEN_LOOKS = 32
_LARGEST_EXTRAPOLATION_ERROR = 3e-3  # of M_S; 2e-4 to 2e-3 where all is well
_RELAXATION_DAMPING = 1.0
_RELAXATION_TOLERANCE = 1e-3  # relative; at the full one the torque stays above 700 A/m
_SECONDS_BETWEEN_CHECKS = 20e-12


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How exactly a film is followed."""

    tolerance: float = 1e-4
    """Largest error of a component of m in a step."""
    stray_interval_s: float | None = 0.0
    """Longest time from one evaluation of the stray field to the next, between which it is
    extrapolated: 0 is once a step, None at every stage of a step, without extrapolation. Where the
    extrapolation is off by more than 0.003 M_S the time is halved, since it would become unstable
    (with 5 nm cells from 3 ps on)."""
    window_m: float | None = None
    """Length of the window that follows the wall; the whole film if absent."""
    longest_step_s: float = 2e-12
    precision: Literal["float64", "float32"] = "float64"

    def __post_init__(self) -> None:
        window_m = float("inf") if self.window_m is None else self.window_m
        if not (self.tolerance > 0 and self.longest_step_s > 0 and window_m > 0):
            raise MicromagneticsError(
                "Tolerance, longest step and window of a simulation must be above 0: correct them."
            )
        if self.stray_interval_s is not None and not self.stray_interval_s >= 0:
            raise MicromagneticsError("The interval of the stray field must be 0 or above.")


class Simulation:
    """The magnetisation of a film, its time, and what advances both."""

    def __init__(self, film: Film, m: Reals, accuracy: Accuracy | None = None) -> None:
        self.accuracy = accuracy or Accuracy()
        dtype = SINGLE if self.accuracy.precision == "float32" else DOUBLE
        self.frame = Frame(film, m, self.accuracy.window_m, dtype)
        self.time_s = 0.0
        self.steps = 0
        self._tolerance = self.accuracy.tolerance
        self._stray_s = 0.0
        self._interval_s = self.accuracy.stray_interval_s or 0.0
        self._trial = self.frame.m.copy()
        self._rates = np.zeros((4, *m.shape), dtype=dtype)
        self._weights, self._error_weights = WEIGHTS.astype(dtype), ERROR_WEIGHTS.astype(dtype)
        self._step_s = _FIRST_STEP_s

    @property
    def m(self) -> Reals:
        """The magnetisation, shape (3, nx, ny)."""
        return self.frame.m

    @property
    def wall(self) -> Wall:
        """The wall as it is now."""
        return self.frame.wall

    def run(self, duration_s: float, current_A_per_m2: Current = 0.0) -> None:
        """Advance by exactly this time under a current."""
        if not 0 <= duration_s < float("inf"):
            raise MicromagneticsError(f"A simulation cannot run for {duration_s:g} s.")
        end_s = self.time_s + duration_s
        while end_s - self.time_s > 1e-6 * _FIRST_STEP_s:
            step_s = min(self._step_s, end_s - self.time_s)
            middle_s = self.time_s + step_s / 2
            now = current_A_per_m2(middle_s) if callable(current_A_per_m2) else current_A_per_m2
            error = self._try_step(step_s, now) / self._tolerance
            if error <= 1:
                self._accept(step_s)
            self._step_s = next_step(
                self._step_s,
                step_s,
                error,
                longest_s=self.accuracy.longest_step_s,
                time_s=self.time_s,
            )

    def relax(self, duration_s: float, torque_A_per_m: float = 0.0) -> bool:
        """Advance with α = 1 without current, until the torque |m × H| is below a limit.

        Returns whether it is. A wall in a track without notches drifts and need not come to rest.
        """
        end_s = self.time_s + duration_s
        damping = self.frame.damping
        self.frame.set_damping(_RELAXATION_DAMPING)
        self._tolerance = _RELAXATION_TOLERANCE * self.accuracy.tolerance
        try:
            while end_s - self.time_s > 1e-6 * _FIRST_STEP_s:
                self.run(min(end_s - self.time_s, _SECONDS_BETWEEN_CHECKS))
                is_at_rest = self.frame.torque_A_per_m() < torque_A_per_m
                self._stray_s = self.time_s
                if is_at_rest:
                    return True
        finally:
            self.frame.set_damping(damping)
            self._tolerance = self.accuracy.tolerance
        return False

    def _try_step(self, step_s: float, current: float) -> float:
        """Compute the state after a step, into `_trial`, and return its error."""
        frame, at_every_stage = self.frame, self.accuracy.stray_interval_s is None
        first, last = frame.first, frame.last
        given, lag_s = frame.stray.given, self.time_s - self._stray_s
        kind = self.m.dtype.type
        if at_every_stage:
            frame.stray.evaluate(self.m)
        frame.fill_rate(self.m, given, lag_s, current, self._rates[0])
        for stage, node in enumerate(NODES):
            weights = self._weights[stage]
            combine(self.m, self._rates, weights, kind(step_s), first, last, self._trial)
            if at_every_stage:
                frame.stray.evaluate(self._trial)
            rate = self._rates[stage + 1]
            frame.fill_rate(self._trial, given, lag_s + node * step_s, current, rate)
        return float(largest_error(self._rates, self._error_weights, kind(step_s), first, last))

    def _accept(self, step_s: float) -> None:
        frame = self.frame
        frame.m, self._trial = self._trial, frame.m
        normalise(frame.m, frame.first, frame.last)
        self.time_s += step_s
        self.steps += 1
        if self.steps % _STEPS_BETWEEN_LOOKS == 0 and frame.has_drifted():
            frame.place()
            self._trial[:] = frame.m
            self._stray_s = self.time_s
            return
        interval_s, lag_s = self.accuracy.stray_interval_s, self.time_s - self._stray_s
        if interval_s is not None and lag_s >= self._interval_s:
            error = frame.stray.advance(frame.m, lag_s)
            self._stray_s = self.time_s
            shrink = error > _LARGEST_EXTRAPOLATION_ERROR
            self._interval_s = lag_s / 2 if shrink else min(interval_s, 1.1 * self._interval_s)
