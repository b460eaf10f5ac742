"""The Kepco BOP as the current source of a coil: every change is a ramp at the allowed rate."""

import math
from typing import Annotated, Literal

from pydantic import Field
from pymeasure.instruments.kepco import KepcoBOP3612

from ..clock import Clock
from ..connection import Connection
from ..errors import BenchError, LimitError
from ..faults import raise_queued_errors, translate_errors
from ..sections import MagnetSection
from ..tracing import traced

NAME = "The magnet supply (BOP)"
LARGEST_CURRENT_A = 12.0
RAMP_STEP_S = 0.05
SET_POINT_TOLERANCE_A = 5e-3  # the supply rounds what it is given


class KepcoBOP3612Section(MagnetSection):
    """A `[magnet]` on a Kepco BOP 36-12."""

    driver: Literal["KepcoBOP3612"]
    compliance_V: Annotated[float, Field(gt=0, le=36)] = 36.0


class KepcoCoilSupply:
    """Sources the coil's current with at most `compliance_V` across it."""

    def __init__(
        self, driver: KepcoBOP3612, clock: Clock, *, rate_A_per_s: float, compliance_V: float
    ) -> None:
        self._driver = driver
        self._clock = clock
        self._rate_A_per_s = rate_A_per_s
        self._compliance_V = compliance_V
        self._on = False

    @property
    def maximum_current_A(self) -> float:
        return LARGEST_CURRENT_A

    @property
    def identity(self) -> str:
        with translate_errors(NAME):
            return str(self._driver.id)

    @traced("ramp")
    def ramp_to(self, current_A: float) -> None:
        """Ramp to a current and confirm the set point; raises LimitError or BenchError."""
        self._switch_on()
        if abs(current_A) > LARGEST_CURRENT_A:
            raise LimitError(
                f"The magnet would need {current_A:.3g} A and the supply gives "
                f"{LARGEST_CURRENT_A:g} A; ask for a smaller field."
            )
        with translate_errors(NAME):
            self._walk("current_setpoint", current_A, self._rate_A_per_s)
            reached_A = float(self._driver.current_setpoint)
        if abs(reached_A - current_A) > SET_POINT_TOLERANCE_A:
            self.check()
            raise BenchError(f"{NAME} was asked for {current_A:g} A and holds {reached_A:g} A.")

    def check(self) -> None:
        raise_queued_errors(NAME, self._driver.ask)

    def make_safe(self) -> None:
        """Ramp to zero whatever the supply regulates, then switch it off.

        If it cannot be ramped it is switched off as it is: the last resort.
        """
        self._on = False
        try:
            with translate_errors(NAME):
                self._driver.adapter.flush_read_buffer()
                if self._driver.output_enabled:
                    self._ramp_down()
        except BenchError:
            self._switch_off()
            raise
        self._switch_off()

    def _switch_off(self) -> None:
        with translate_errors(NAME):
            self._driver.output_enabled = False

    def _switch_on(self) -> None:
        """Take the supply over as it is found: a coil that carries current is not switched."""
        if self._on:
            return
        with translate_errors(NAME):
            self._driver.clear()
            if self._driver.output_enabled and self._driver.operating_mode == "CURR":
                # What flows may be less than the set point; it must not jump with the compliance.
                self._driver.current_setpoint = float(self._driver.current)
                self._driver.voltage_setpoint = self._compliance_V
            else:
                self._start_from_zero()
        self.check()
        self._on = True

    def _start_from_zero(self) -> None:
        if self._driver.output_enabled:
            self._ramp_down()
            self._driver.output_enabled = False
        self._driver.operating_mode = "CURR"
        self._driver.current_setpoint = 0
        self._driver.voltage_setpoint = self._compliance_V
        self._driver.output_enabled = True

    def _ramp_down(self) -> None:
        if self._driver.operating_mode == "CURR":
            self._walk("current_setpoint", 0.0, self._rate_A_per_s)
        else:
            rate_V_per_s = self._rate_A_per_s * self._compliance_V / LARGEST_CURRENT_A
            self._walk("voltage_setpoint", 0.0, rate_V_per_s)

    def _walk(self, set_point: str, target: float, rate_per_s: float) -> None:
        start = float(getattr(self._driver, set_point))
        steps = max(1, math.ceil(abs(target - start) / (rate_per_s * RAMP_STEP_S) - 1e-9))
        for step in range(1, steps + 1):
            setattr(self._driver, set_point, start + (target - start) * step / steps)
            self._clock.sleep(RAMP_STEP_S)


def open_supply(section: KepcoBOP3612Section, bench: Connection) -> KepcoCoilSupply:
    """Open the coil's supply of a bench file; the bench limits how fast its current changes."""
    return KepcoCoilSupply(
        bench.open(KepcoBOP3612, section.address),
        bench.clock,
        rate_A_per_s=abs(bench.limits.field_rate_T_per_s / section.coil_T_per_A),
        compliance_V=section.compliance_V,
    )
