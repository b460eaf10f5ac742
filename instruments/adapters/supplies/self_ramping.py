"""Supplies of a coil that ramp its current by themselves: what their adapters have in common.

The rate of the bench is set and read back before every change, a set point passes the limits where
it is sent and is read back, and the current is followed until it flows. The safe state is 0 A, set
and measured.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from ...clock import Clock
from ...dialogue import Dialogue
from ...errors import BenchError
from ...tracing import traced
from .coil_ramp import PATIENCE_S, STEP_S, CoilRamp, ramp_over

DELIVERED_A, DELIVERED_SHARE = 0.05, 0.002  # of what the coil gets against what was set
MARGIN, MARGIN_S = 1.2, 5.0  # of the time that a ramp takes


class SelfRampingSupply(ABC):
    """Sources the coil's current within `ramp`; `report` is told every set point."""

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
        self._ramping = threading.RLock()

    @traced("ramp")
    def ramp_to(self, current_A: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Ramp to a current and confirm it; raises LimitError or BenchError."""
        self._ramp.check(current_A)
        with self._ramping:
            if is_over():
                raise ramp_over(self._dialogue.name)
            self._confirm_undisturbed()
            self._go_to(current_A, is_over)

    def make_safe(self) -> None:
        """Ramp to zero at the allowed rate and confirm that nothing flows."""
        alone = self._ramping.acquire(timeout=PATIENCE_S)
        try:
            self._dialogue.resync()
            self._go_to(0.0, lambda: False)
        finally:
            if alone:
                self._ramping.release()

    @abstractmethod
    def read_current(self) -> float:
        """Return the current through the coil in A."""

    @abstractmethod
    def check(self) -> None:
        """Raise BenchError if the instrument reports an error."""

    @abstractmethod
    def _confirm_undisturbed(self) -> None:
        """Raise BenchError if a setting of the instrument would change what it does."""

    @abstractmethod
    def _set_rate(self, rate_A_per_s: float) -> None:
        """Set the rate and read it back."""

    @abstractmethod
    def _set_current(self, current_A: float) -> None:
        """Set the set point, read it back, and begin to ramp."""

    @abstractmethod
    def _hold(self) -> None:
        """Hold what flows now."""

    def _go_to(self, current_A: float, is_over: Callable[[], bool]) -> None:
        """Set the rate and the set point, and follow the current until it flows."""
        self._set_rate(self._ramp.rate_A_per_s)
        self._report(current_A)  # before it may flow
        start_A = self.read_current()
        self._set_current(current_A)
        self._follow(start_A, current_A, is_over)

    def _follow(self, start_A: float, current_A: float, is_over: Callable[[], bool]) -> None:
        began_s = self._clock.now_s()
        ramp_s = abs(current_A - start_A) / self._ramp.rate_A_per_s
        tolerance_A = DELIVERED_A + DELIVERED_SHARE * abs(current_A)
        while True:
            if is_over():
                self._hold()  # the safe state ramps it down
                raise ramp_over(self._dialogue.name)
            flowing_A = self.read_current()
            if abs(flowing_A - current_A) <= tolerance_A:
                break
            if self._clock.now_s() - began_s > MARGIN * ramp_s + MARGIN_S:
                self.check()
                raise BenchError(
                    f"{self._dialogue.name} delivers {flowing_A:.3g} A where {current_A:.3g} A was "
                    "set: it is at its voltage limit, or another program has changed it; check the "
                    "coil."
                )
            self._clock.sleep(STEP_S)
        self.check()
