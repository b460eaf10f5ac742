"""Supplies of a coil whose current is ramped from here: what their adapters have in common.

A ramp starts from the current that was last commanded, and each step is read back. A set point that
is not taken, or a reply that cannot be one, ends the ramp where it is; it never becomes the start
of another one. Every set point passes the limits where it is sent.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

from ...clock import Clock
from ...dialogue import Dialogue
from ...faults import translate_errors
from ...tracing import traced
from .coil_ramp import PATIENCE_S, STEP_S, CoilRamp, ramp_over, set_points


class SteppedSupply(ABC):
    """Sources the coil's current within `ramp`; `report` is told every set point before it is sent.

    A `dialogue`'s name begins the sentences of its errors.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        clock: Clock,
        ramp: CoilRamp,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._dialogue = dialogue
        self._clock = clock
        self._ramp = ramp
        self._report = report
        self._commanded_A: float | None = None  # None until this session has commanded any
        self._ramping = threading.RLock()
        self._is_over: Callable[[], bool] = lambda: False  # of the latest ramp

    @traced("ramp")
    def ramp_to(self, current_A: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Ramp to a current and confirm it; raises LimitError or BenchError."""
        self._ramp.check(current_A)
        with self._ramping:
            self._is_over = is_over
            self._check_not_over()
            start_A = self._start()
            for step_A in self._steps(start_A, current_A):
                self._check_not_over()
                self._command(step_A)
                self._clock.sleep(STEP_S)
                self._confirm_step(step_A)
            self._confirm_delivered(current_A)

    def make_safe(self) -> None:
        """Ramp to zero whatever the supply regulates, switch it off and confirm that it is.

        If it cannot be ramped it is switched off as it is: the last resort. A wrong reply does not
        end this ramp, which follows what was commanded.
        """
        alone = self._ramping.acquire(timeout=PATIENCE_S)
        try:
            self._dialogue.resync()
            if self._commanded_A or not self._is_off():
                self._ramp_down()
        finally:
            self._commanded_A = None
            try:
                self._confirm_off()
            finally:
                if alone:
                    self._ramping.release()

    @abstractmethod
    def _is_off(self) -> bool:
        """Return True if the output is read as off, twice.

        One wrong reply must not have the coil switched off at its current.
        """

    @abstractmethod
    def _confirm_off(self) -> None:
        """Switch the output off; raises BenchError unless it is read as off."""

    @abstractmethod
    def _take_over(self) -> float:
        """Take the supply over as it is found, output on; return the current that flows in A.

        A coil that carries current is not switched. `_commanded_A` is set.
        """

    @abstractmethod
    def _flowing(self) -> float:
        """Return the current found in the coil, read twice; raises BenchError if it cannot be."""

    @abstractmethod
    def _send(self, current_A: float) -> None:
        """Send a set point that has passed the limits."""

    @abstractmethod
    def _set_point(self) -> float:
        """Return the set point read back, in A."""

    @abstractmethod
    def _confirm_delivered(self, wanted_A: float) -> None:
        """Confirm that the coil gets what was set; raises BenchError with the likely reason."""

    def _steps(self, start_A: float, target_A: float) -> Iterator[float]:
        return set_points(start_A, target_A, self._ramp.rate_A_per_s)

    def _start(self) -> float:
        """Return the current that a ramp starts from: what was commanded and is still held."""
        if self._commanded_A is None:
            return self._take_over()
        self._confirm_set_point(self._commanded_A)
        return self._commanded_A

    def _command(self, current_A: float) -> None:
        """Send a set point: the last place before the wire."""
        if self._commanded_A is None:  # another thread has switched it off meanwhile
            raise ramp_over(self._dialogue.name)
        self._ramp.check_step(self._commanded_A, current_A)
        self._report(current_A)  # before it may flow
        with translate_errors(self._dialogue.name):
            self._send(current_A)
        self._commanded_A = current_A

    def _confirm_step(self, step_A: float) -> None:
        self._confirm_set_point(step_A)

    def _confirm_set_point(self, wanted_A: float) -> None:
        def problem(held_A: float) -> str:
            if abs(held_A - wanted_A) <= self._ramp.rounding_A:
                return ""
            return (
                f"{self._dialogue.name} was asked for {wanted_A:g} A and holds {held_A:g} A; the "
                "ramp stops."
            )

        self._dialogue.confirmed(self._set_point, problem)

    def _ramp_down(self) -> None:
        if self._commanded_A is None:
            self._commanded_A = self._flowing()
        for step_A in self._steps(self._commanded_A, 0.0):
            self._command(step_A)
            self._clock.sleep(STEP_S)

    def _check_not_over(self) -> None:
        if self._is_over():
            raise ramp_over(self._dialogue.name)
