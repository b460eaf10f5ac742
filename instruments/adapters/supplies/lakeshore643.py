"""The Lake Shore 643 as the current source of a coil, which it ramps by itself.

The rate of the bench is set in the instrument, and read back before every change; ramp segments,
which would replace it, and the external input are off. A set point passes the limits where it is
sent, is read back, and the current is followed until it flows. The instrument has no switch of its
output: the safe state is 0 A, set and measured. PyMeasure has no driver of it.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

from pymeasure.instruments import Instrument
from pyvisa.constants import Parity, StopBits

from ...clock import Clock
from ...connection import Connection
from ...dialogue import Dialogue
from ...errors import BenchError
from ...faults import shown
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...sections import MagnetSection
from .coil_ramp import CoilRamp
from .self_ramping import SelfRampingSupply

NAME = "The magnet supply (643)"
RATED_A = 70.0
SLOWEST_A_PER_S, FASTEST_A_PER_S = 1e-4, 50.0
ROUNDING_A = 2e-3  # of a set point
UNDISTURBED = {"XPGM?": "0", "RSEG?": "0"}  # no external input, no segments with rates of their own


class LakeShore643Section(MagnetSection):
    """A `[magnet]` on a Lake Shore 643; the voltage limit is the instrument's own."""

    driver: Literal["LakeShore643"]


class LakeShore643(Instrument):
    """The connection to a 643; on a serial port 57 600 baud."""

    def __init__(self, adapter: Any, name: str = "Lake Shore 643", **kwargs: Any) -> None:
        serial = {
            "baud_rate": 57600,
            "data_bits": 7,
            "parity": Parity.odd,
            "stop_bits": StopBits.one,
        }
        kwargs = {"read_termination": "\r\n", "write_termination": "\r\n", **kwargs}
        super().__init__(adapter, name, includeSCPI=False, asrl=serial, **kwargs)


class LakeShore643CoilSupply(SelfRampingSupply):
    """Sources the coil's current, at most `largest_A`; `report` is told every set point."""

    def __init__(
        self,
        driver: Any,
        clock: Clock,
        *,
        largest_A: float,
        rate_A_per_s: float,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        ramp = CoilRamp(min(largest_A, RATED_A), rate_A_per_s, ROUNDING_A)
        super().__init__(Dialogue(NAME, driver), clock, ramp, report)

    @property
    def maximum_current_A(self) -> float:
        return RATED_A

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_current(self) -> float:
        return self._dialogue.ask_number("RDGI?")

    def check(self) -> None:
        """Raise BenchError if the instrument reports a hardware or an operational error."""
        reply = self._dialogue.ask("ERST?")
        fields = [field.strip() for field in reply.split(",")]
        if not all(field.isdecimal() and int(field) == 0 for field in fields):
            raise BenchError(f"{NAME} reports {shown(reply)} as its error status; see its display.")

    def _confirm_undisturbed(self) -> None:
        for query, wanted in UNDISTURBED.items():
            self._confirm(query, wanted)

    def _set_rate(self, rate_A_per_s: float) -> None:
        self._dialogue.send(f"RATE {rate_A_per_s:.4f}")
        self._dialogue.confirm_number(
            "RATE?", rate_A_per_s, 1e-4 + 1e-3 * rate_A_per_s, "ramp rate in A/s"
        )

    def _set_current(self, current_A: float) -> None:
        self._dialogue.send(f"SETI {current_A:.4f}")
        self._dialogue.confirm_number("SETI?", current_A, ROUNDING_A, "set point in A")

    def _hold(self) -> None:
        self._dialogue.send("STOP")

    def _confirm(self, query: str, wanted: str) -> None:
        def problem(reply: str) -> str:
            if reply == wanted:
                return ""
            return (
                f"{NAME} replied {shown(reply)} to {query} where {wanted} is needed: switch "
                "external programming and ramp segments off."
            )

        self._dialogue.confirmed(lambda: self._dialogue.ask(query), problem)


def _rate_A_per_s(section: LakeShore643Section, limits: Limits) -> float:
    """Return the rate of the coil's current, in the steps of the instrument, never faster."""
    rate_A_per_s = min(FASTEST_A_PER_S, abs(limits.field_rate_T_per_s / section.coil_T_per_A))
    if rate_A_per_s < SLOWEST_A_PER_S:
        raise BenchError(
            f"{NAME} ramps at {SLOWEST_A_PER_S:g} A/s or faster, and [limits] field_rate_T_per_s "
            f"allows {rate_A_per_s:g} A/s; use another supply."
        )
    return math.floor(rate_A_per_s / SLOWEST_A_PER_S + 1e-6) * SLOWEST_A_PER_S


def open_supply(section: LakeShore643Section, bench: Connection) -> LakeShore643CoilSupply:
    """Open the coil's supply of a bench file; the bench limits its current and how it changes."""
    return LakeShore643CoilSupply(
        bench.open(LakeShore643, section.address),
        bench.clock,
        largest_A=abs(bench.limits.field_T / section.coil_T_per_A),
        rate_A_per_s=_rate_A_per_s(section, bench.limits),
        report=bench.report_set_point,
    )


def safe_steps(section: LakeShore643Section, limits: Limits) -> tuple[Step, ...]:
    """Return the messages on which the instrument ramps the coil down by itself."""
    rate = f"{_rate_A_per_s(section, limits):.4f}"
    return (
        Send(f"RATE {rate}"),
        Confirm(Query("RATE?", rate)),
        Send("SETI 0"),
        Confirm(Query("SETI?", "0")),
    )
