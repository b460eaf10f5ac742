"""An electromagnet on a Kepco BOP supply, its field read back by a Lake Shore 425 gaussmeter.

The supply sources current; field = coil constant × current + remanence. The field is ramped at
the allowed rate, then trimmed with the gaussmeter until it is within `tolerance_T`.
"""

import math

from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.lakeshore import LakeShore425

from instruments.clock import Clock
from instruments.errors import BenchError, LimitError
from instruments.faults import Speaking, raise_queued_errors

EXPECTED_IDENTITY = "KEPCO"
EXPECTED_GAUSSMETER_IDENTITY = "MODEL425"
LARGEST_CURRENT_A = 12.0
RAMP_STEP_S = 0.05
SETTLING_S = 0.1
TRIMS = 8
SET_POINT_TOLERANCE_A = 5e-3  # the supply rounds a set point to 12 bits of full scale


class KepcoLakeShoreMagnet:
    """Field in tesla at the device, from `coil_T_per_A` and the gaussmeter beside it."""

    def __init__(
        self,
        supply: KepcoBOP3612,
        gaussmeter: LakeShore425,
        clock: Clock,
        *,
        coil_T_per_A: float,
        field_rate_T_per_s: float,
        compliance_V: float,
        tolerance_T: float,
    ) -> None:
        self._supply = supply
        self._gaussmeter = gaussmeter
        self._clock = clock
        self._coil_T_per_A = coil_T_per_A
        self._rate_A_per_s = abs(field_rate_T_per_s / coil_T_per_A)
        self._compliance_V = compliance_V
        self._tolerance_T = tolerance_T
        self._on = False
        self._gaussmeter_ready = False
        self._speaking = Speaking("The magnet supply (BOP)")
        self._reading = Speaking("The gaussmeter (425)")

    @property
    def identity(self) -> str:
        with self._speaking:
            return str(self._supply.id)

    @property
    def gaussmeter_identity(self) -> str:
        with self._reading:
            return str(self._gaussmeter.ask("*IDN?")).strip()

    @property
    def maximum_field_T(self) -> float:
        return abs(LARGEST_CURRENT_A * self._coil_T_per_A)

    def set_field(self, field_T: float) -> float:
        self._switch_on()
        current_A = field_T / self._coil_T_per_A
        self._ramp(current_A)
        for _ in range(TRIMS):
            self._clock.sleep(SETTLING_S)
            here_T = self.read_field()
            if abs(here_T - field_T) <= self._tolerance_T:
                return here_T
            current_A += (field_T - here_T) / self._coil_T_per_A
            self._ramp(current_A)
        raise BenchError(
            f"The field stays at {here_T:g} T where {field_T:g} T was asked for; check the "
            "gaussmeter's position and coil_T_per_A in the bench file."
        )

    def read_field(self) -> float:
        with self._reading:
            if not self._gaussmeter_ready:
                self._gaussmeter.unit = "T"
                self._gaussmeter.auto_range()
                self._gaussmeter_ready = True
            return float(self._gaussmeter.field)

    def check(self) -> None:
        with self._speaking:
            errors = self._supply.check_errors()
        raise_queued_errors("The magnet supply (BOP)", errors)

    def make_safe(self) -> None:
        try:
            self._ramp(0.0)
        finally:
            self._on = False
            with self._speaking:
                self._supply.output_enabled = False

    def _switch_on(self) -> None:
        if self._on:
            return
        with self._speaking:
            self._supply.clear()
            if not self._supply.output_enabled:
                self._supply.operating_mode = "CURR"
                self._supply.current_setpoint = 0
                self._supply.voltage_setpoint = self._compliance_V
                self._supply.output_enabled = True
        self.check()
        self._on = True

    def _ramp(self, current_A: float) -> None:
        """Walk the set point to `current_A` in steps no faster than the allowed rate."""
        if abs(current_A) > LARGEST_CURRENT_A:
            raise LimitError(
                f"The magnet would need {current_A:.3g} A and the supply gives "
                f"{LARGEST_CURRENT_A:g} A; ask for a smaller field."
            )
        with self._speaking:
            start_A = float(self._supply.current_setpoint)
            steps = max(1, math.ceil(abs(current_A - start_A) / (self._rate_A_per_s * RAMP_STEP_S)))
            for step in range(1, steps + 1):
                self._supply.current_setpoint = start_A + (current_A - start_A) * step / steps
                self._clock.sleep(RAMP_STEP_S)
            reached_A = float(self._supply.current_setpoint)
        if abs(reached_A - current_A) > SET_POINT_TOLERANCE_A:
            self.check()
            raise BenchError(
                f"The magnet supply (BOP) was asked for {current_A:g} A and holds {reached_A:g} A."
            )
