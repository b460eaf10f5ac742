"""The American Magnetics 430 as the current source of a superconducting coil.

It ramps by itself, in one segment, at the rate of the bench in A/s. A quench is an error. A coil
with a persistent switch is refused: its field need not be that of the current. The safe state is 0
A, set and measured. PyMeasure's driver reads two lines of welcome, which only a socket sends.
"""

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pymeasure.instruments import Instrument

from ...clock import Clock
from ...connection import Connection
from ...dialogue import Dialogue, number
from ...errors import BenchError
from ...faults import shown
from ...guard.plan import Confirm, Query, Send, Step
from ...limits import Limits
from ...sections import MagnetSection, Positive
from .coil_ramp import CoilRamp
from .self_ramping import SelfRampingSupply

NAME = "The magnet supply (430)"
SLOWEST_A_PER_S = 1e-4
ROUNDING_A = 2e-3  # of a set point
SECONDS = "0"  # of RAMP:RATE:UNITS?
RATE = "RAMP:RATE:CURR:1?"


class AMI430Section(MagnetSection):
    """A `[magnet]` on a 430; rated_A is what coil and supply carry."""

    driver: Literal["AMI430"]
    rated_A: Positive

    session_defaults: ClassVar[dict[str, str | int]] = {
        "read_termination": "\r\n",
        "write_termination": "\r\n",
    }


class AMI430(Instrument):
    """The connection to a 430, by TCP (port 7180) or a serial port of 115 200 baud."""

    def __init__(self, adapter: Any, name: str = "AMI 430", **kwargs: Any) -> None:
        super().__init__(adapter, name, includeSCPI=False, asrl={"baud_rate": 115200}, **kwargs)


class AMI430CoilSupply(SelfRampingSupply):
    """Sources the coil's current, at most `largest_A`; `report` is told every set point."""

    def __init__(
        self,
        driver: Any,
        clock: Clock,
        *,
        rated_A: float,
        largest_A: float,
        rate_A_per_s: float,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        ramp = CoilRamp(min(largest_A, rated_A), rate_A_per_s, ROUNDING_A)
        super().__init__(Dialogue(NAME, driver), clock, ramp, report)
        self._rated_A = rated_A

    @property
    def maximum_current_A(self) -> float:
        return self._rated_A

    @property
    def identity(self) -> str:
        """The reply to `*IDN?`, asked again if a line of the welcome comes first."""
        return self._dialogue.confirmed(
            lambda: self._dialogue.ask("*IDN?"),
            lambda reply: "" if "," in reply else f"{NAME} replied {shown(reply)} to *IDN?.",
        )

    def read_current(self) -> float:
        return self._dialogue.ask_number("CURR:MAG?")

    def check(self) -> None:
        """Raise BenchError after a quench, or if the instrument has queued errors."""
        if (reply := self._dialogue.ask("QU?")) != "0":
            raise BenchError(
                f"{NAME} replied {shown(reply)} to QU?: the coil has quenched; clear it at the "
                "instrument once it is cold."
            )
        self._dialogue.check_errors()

    def _confirm_undisturbed(self) -> None:
        def problem(reply: str) -> str:
            if reply == "0":
                return ""
            return (
                f"{NAME} replied {shown(reply)} to PS:INST?: it has a persistent switch, with "
                "which the field need not be that of the current; set it as not installed, or ramp "
                "it by hand."
            )

        self._dialogue.confirmed(lambda: self._dialogue.ask("PS:INST?"), problem)

    def _set_rate(self, rate_A_per_s: float) -> None:
        for message, query, wanted in (
            ("CONF:RAMP:RATE:UNITS 0", "RAMP:RATE:UNITS?", SECONDS),
            ("CONF:RAMP:RATE:SEG 1", "RAMP:RATE:SEG?", "1"),
        ):
            self._dialogue.send(message)
            self._confirm(query, wanted)
        self._dialogue.send(f"CONF:RAMP:RATE:CURR 1,{rate_A_per_s:.4f},{self._rated_A:.4f}")

        def problem(reply: str) -> str:
            found = number(NAME, reply.partition(",")[0])
            if abs(found - rate_A_per_s) <= 1e-4 + 1e-3 * rate_A_per_s:
                return ""
            return f"{NAME} has {found:g} A/s as its ramp rate where {rate_A_per_s:g} was set."

        self._dialogue.confirmed(lambda: self._dialogue.ask(RATE), problem)

    def _set_current(self, current_A: float) -> None:
        self._dialogue.send(f"CONF:CURR:TARG {current_A:.4f}")
        self._dialogue.confirm_number("CURR:TARG?", current_A, ROUNDING_A, "target current in A")
        self._dialogue.send("RAMP")

    def _hold(self) -> None:
        self._dialogue.send("PAUSE")

    def _confirm(self, query: str, wanted: str) -> None:
        def problem(reply: str) -> str:
            if reply == wanted:
                return ""
            return f"{NAME} replied {shown(reply)} to {query} where {wanted} was set."

        self._dialogue.confirmed(lambda: self._dialogue.ask(query), problem)


def open_supply(section: AMI430Section, bench: Connection) -> AMI430CoilSupply:
    """Open the coil's supply of a bench file; the bench limits its current and how it changes."""
    rate_A_per_s = abs(bench.limits.field_rate_T_per_s / section.coil_T_per_A)
    if rate_A_per_s < SLOWEST_A_PER_S:
        raise BenchError(
            f"{NAME} is told its rate in steps of {SLOWEST_A_PER_S:g} A/s, and [limits] "
            f"field_rate_T_per_s allows {rate_A_per_s:g} A/s; use another supply."
        )
    return AMI430CoilSupply(
        bench.open(AMI430, section.address),
        bench.clock,
        rated_A=section.rated_A,
        largest_A=abs(bench.limits.field_T / section.coil_T_per_A),
        rate_A_per_s=math.floor(rate_A_per_s / SLOWEST_A_PER_S + 1e-6) * SLOWEST_A_PER_S,
        report=bench.report_set_point,
    )


def safe_steps(_section: AMI430Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages on which the instrument ramps the coil down by itself."""
    return (
        Send("CONF:CURR:TARG 0"),
        Confirm(Query("CURR:TARG?", "0")),
        Send("RAMP"),
    )
