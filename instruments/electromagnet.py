"""An electromagnet: a coil on a current source, its field read back by a gaussmeter.

Field = coil constant × current + remanence. The field is ramped at the allowed rate, then trimmed
with the gaussmeter until it is within `tolerance_T`. A gaussmeter that is not in the gap, or a
wrong coil constant, must not drive the field away: all trims together may move it by no more than
`largest_trim_T`, none may ask the coil for more than `largest_field_T`, and a reading beyond that
ends the attempt. Without a gaussmeter the field is what coil constant and current say (open loop).
"""

import logging
import threading

from .clock import Clock
from .errors import BenchError
from .roles import CoilSupply, Gaussmeter

log = logging.getLogger(__name__)

SETTLING_S = 0.1
TRIMS = 8
READINGS = 3  # after the first, until two agree


class Electromagnet:
    """Field in tesla at the device, from `coil_T_per_A` and the gaussmeter beside it."""

    def __init__(
        self,
        supply: CoilSupply,
        gaussmeter: Gaussmeter | None,
        clock: Clock,
        *,
        coil_T_per_A: float,
        tolerance_T: float,
        largest_trim_T: float,
        largest_field_T: float,
    ) -> None:
        self._supply = supply
        self._gaussmeter = gaussmeter
        self._clock = clock
        self._coil_T_per_A = coil_T_per_A
        self._tolerance_T = tolerance_T
        self._largest_trim_T = largest_trim_T
        self._largest_field_T = largest_field_T
        self._warned = False
        self._ending = threading.Event()

    @property
    def identity(self) -> str:
        return self._supply.identity

    @property
    def gaussmeter_identity(self) -> str:
        return "none" if self._gaussmeter is None else self._gaussmeter.identity

    @property
    def maximum_field_T(self) -> float:
        return abs(self._supply.maximum_current_A * self._coil_T_per_A)

    def set_field(self, field_T: float) -> float:
        self._ending.clear()
        if self._gaussmeter is None:
            self._warn_of_open_loop()
            self._ramp_to(field_T)
            return self.read_field()
        return self._trimmed(field_T)

    def interrupt(self) -> None:
        self._ending.set()

    def _ramp_to(self, field_T: float) -> None:
        self._supply.ramp_to(field_T / self._coil_T_per_A, self._ending.is_set)
        self._clock.sleep(SETTLING_S)

    def _warn_of_open_loop(self) -> None:
        if not self._warned:
            log.warning("There is no gaussmeter: a field is the coil's current times coil_T_per_A.")
        self._warned = True

    def _trimmed(self, field_T: float) -> float:
        trim_T = 0.0
        for _ in range(TRIMS):
            self._ramp_to(field_T + trim_T)
            measured_T = self._steady_field()
            if abs(measured_T - field_T) <= self._tolerance_T:
                return measured_T
            trim_T += field_T - measured_T
            seen_beyond = abs(measured_T) > self._largest_field_T + self._tolerance_T
            asks_beyond = abs(field_T + trim_T) > self._largest_field_T
            if seen_beyond or asks_beyond or abs(trim_T) > self._largest_trim_T:
                break
        raise BenchError(
            f"The gaussmeter reads {measured_T:g} T where {field_T:g} T was set, and trimming is "
            f"limited to {self._largest_trim_T:g} T and to fields of {self._largest_field_T:g} T; "
            "check its position, its zero, and coil_T_per_A, largest_trim_T and [limits] field_T "
            "in the bench file."
        )

    def _steady_field(self) -> float:
        """Return a reading that the one before agrees with: a wrong one must not trim the field."""
        readings_T = [self.read_field()]
        for _ in range(READINGS):
            readings_T.append(self.read_field())
            if abs(readings_T[-1] - readings_T[-2]) <= self._tolerance_T:
                return readings_T[-1]
        shown = ", ".join(f"{reading_T:g}" for reading_T in readings_T)
        raise BenchError(
            f"The gaussmeter reads {shown} T, one after the other, where the field is steady; "
            "check its probe and cable, or raise tolerance_T in the bench file."
        )

    def read_field(self) -> float:
        if self._gaussmeter is None:
            return self._supply.read_current() * self._coil_T_per_A
        return self._gaussmeter.read_field()

    def check(self) -> None:
        self._supply.check()

    def make_safe(self) -> None:
        self._ending.set()  # a change that is under way in another thread ends at its next step
        self._supply.make_safe()
