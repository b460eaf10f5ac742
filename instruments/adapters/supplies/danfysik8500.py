"""A Danfysik System 8500 as the current source of a coil: commands of PyMeasure's driver.

Set points are parts per million of the rated current, signed, sent step by step and read back
(`DA 0`); the supply chooses its polarity, and is given time where it changes it, at 0 A. What flows
is `AD 8` in counts of `A_per_count`, with the sign of `PO`: PyMeasure's driver knows one scale of
each, that of a supply of 160 A. The status word (`S1H`) is read after every step; its interlocks
are named and never reset. The safe state is 0 A and the main power off, read in the status word.

The supply has no `*IDN?`: it identifies itself by its status word. Lines end with a carriage
return, to which its replies add a line feed that is ignored.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pymeasure.instruments.danfysik import Danfysik8500

from ...clock import Clock
from ...connection import Connection
from ...dialogue import Dialogue
from ...errors import BenchError, ExchangeError
from ...faults import first_line, shown
from ...guard.plan import Confirm, Query, Ramp, Send, Step
from ...limits import Limits
from ...sections import MagnetSection, Positive
from .coil_ramp import STEP_S, CoilRamp, set_points
from .stepped import SteppedSupply

NAME = "The magnet supply (System 8500)"
FULL_SCALE = 1_000_000  # of set points, which have six digits
OFF, NOT_READY = 1 << 23, 1 << 1  # of the status word
INTERLOCKS = {
    1 << 16: "spare interlock",
    1 << 15: "transistor fault",
    1 << 14: "sum interlock",
    1 << 13: "DC overcurrent",
    1 << 12: "DC overload",
    1 << 11: "regulation module failure",
    1 << 10: "preregulator failure",
    1 << 9: "phase failure",
    1 << 8: "water flow of the supply",
    1 << 7: "earth leakage",
    1 << 6: "thermal breaker or fuses",
    1 << 5: "overtemperature of the supply",
    1 << 4: "panic button or door switch",
    1 << 3: "water flow of the magnet",
    1 << 2: "overtemperature of the magnet",
}
STATUS_WORD = r"[0-9A-F]{6}"
OFF_WORD = r"[89A-F][0-9A-F]{5}"
SET_POINT = r"0[ ,]\s*([+-]?\d+)"
READY_S, SETTLING_S, POLL_S = 20.0, 10.0, 0.1
DELIVERED_COUNTS, DELIVERED_SHARE = 5, 0.002


class Danfysik8500Section(MagnetSection):
    """A `[magnet]` on a System 8500: its rated current, and what a count of `AD 8` stands for."""

    driver: Literal["Danfysik8500"]
    rated_A: Positive
    A_per_count: Annotated[float, Field(gt=0, le=10)] = 0.01

    session_defaults: ClassVar[Mapping[str, str | int]] = {
        "read_termination": "\r",
        "write_termination": "\r",
    }


class _Dialogue(Dialogue):
    """A dialogue with PyMeasure's driver, which raises a bare Exception for an error message."""

    def ask(self, query: str) -> str:
        try:
            return super().ask(query)
        except Exception as error:
            if type(error) is not Exception:
                raise
            raise BenchError(f"{self.name} reports: {shown(first_line(error))}.") from error


class DanfysikCoilSupply(SteppedSupply):
    """Sources the coil's current, at most `largest_A`; `report` is told every set point in ppm."""

    def __init__(
        self,
        driver: Any,
        clock: Clock,
        *,
        rated_A: float,
        A_per_count: float,
        largest_A: float,
        rate_A_per_s: float,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._rated_A = rated_A
        self._A_per_count = A_per_count
        ramp = CoilRamp(min(largest_A, self.maximum_current_A), rate_A_per_s, rated_A / FULL_SCALE)
        super().__init__(
            _Dialogue(NAME, driver), clock, ramp, lambda current_A: report(self._ppm(current_A))
        )

    @property
    def maximum_current_A(self) -> float:
        return self._rated_A * (1 - 1 / FULL_SCALE)

    @property
    def identity(self) -> str:
        """Danfysik's name and the first line of `PRINT`, if it replies with a status word."""
        self._status()
        printed = self._dialogue.ask("PRINT")
        self._dialogue.resync()  # whatever else it prints
        return f"DANFYSIK,SYSTEM 8500,{shown(printed)}"

    def read_current(self) -> float:
        counts = self._dialogue.ask_number("AD 8")
        polarity = self._dialogue.ask("PO")
        if polarity not in ("+", "-"):
            raise ExchangeError(
                f"{NAME} replied {shown(polarity)} to PO where + or - was expected."
            )
        return (1 if polarity == "+" else -1) * self._A_per_count * counts

    def check(self) -> None:
        """Raise BenchError that names the interlocks that have tripped."""
        _check_interlocks(self._status())

    def _ppm(self, current_A: float) -> int:
        return round(FULL_SCALE * current_A / self._rated_A)

    def _status(self) -> int:
        def problem(reply: str) -> str:
            if re.fullmatch(STATUS_WORD, reply, re.IGNORECASE):
                return ""
            return f"{NAME} replied {shown(reply)} to S1H where a status word was expected."

        return int(self._dialogue.confirmed(lambda: self._dialogue.ask("S1H"), problem), 16)

    def _is_off(self) -> bool:
        return bool(self._status() & self._status() & OFF)

    def _confirm_off(self) -> None:
        def problem(status: int) -> str:
            if status & OFF:
                return ""
            return f"{NAME} was switched off and its status word is {status:06X}: it may be on."

        def off() -> int:
            self._dialogue.send("F")
            return self._status()

        self._dialogue.confirmed(off, problem)

    def _send(self, current_A: float) -> None:
        self._dialogue.send(f"DA 0,{self._ppm(current_A)}")

    def _set_point(self) -> float:
        reply = self._dialogue.ask("DA 0")
        match = re.fullmatch(SET_POINT, reply)
        if match is None:
            raise ExchangeError(f"{NAME} replied {shown(reply)} to DA 0.")
        return int(match[1]) * self._rated_A / FULL_SCALE

    def _steps(self, start_A: float, target_A: float) -> Iterator[float]:
        """Yield the set points of a ramp, 0 A among them where the polarity changes."""
        if start_A * target_A < 0:
            yield from set_points(start_A, 0.0, self._ramp.rate_A_per_s)
            start_A = 0.0
        yield from set_points(start_A, target_A, self._ramp.rate_A_per_s)

    def _confirm_step(self, step_A: float) -> None:
        self._confirm_set_point(step_A)
        self._wait_until_ready()

    def _wait_until_ready(self, *, switching_on: bool = False) -> None:
        """Wait until the supply is on and ready; raises BenchError if it is off or has tripped."""
        deadline_s = self._clock.now_s() + READY_S
        while True:
            status = self._status()
            _check_interlocks(status)
            if not status & (OFF | NOT_READY):
                return
            if status & OFF and not switching_on:
                raise BenchError(f"{NAME} has its main power off: it was switched, or it tripped.")
            if self._clock.now_s() > deadline_s:
                raise BenchError(f"{NAME} is not ready after {READY_S:g} s; see its display.")
            self._check_not_over()
            self._clock.sleep(POLL_S)

    def _confirm_delivered(self, wanted_A: float) -> None:
        deadline_s = self._clock.now_s() + SETTLING_S
        tolerance_A = DELIVERED_COUNTS * self._A_per_count + DELIVERED_SHARE * abs(wanted_A)
        while abs((delivered_A := self.read_current()) - wanted_A) > tolerance_A:
            if self._clock.now_s() > deadline_s:
                raise BenchError(
                    f"{NAME} delivers {delivered_A:.3g} A where {wanted_A:.3g} A was set; check "
                    "the coil, and rated_A and A_per_count in the bench file."
                )
            self._check_not_over()
            self._clock.sleep(POLL_S)
        self.check()

    def _take_over(self) -> float:
        self._dialogue.send("REM")
        self._dialogue.resync()
        flowing_A = 0.0
        if self._is_off():
            self._report(0.0)
            self._send(0.0)
            self._confirm_set_point(0.0)
            self._dialogue.send("N")
        else:
            flowing_A = self._flowing()
        self._wait_until_ready(switching_on=True)
        self._commanded_A = flowing_A
        return flowing_A

    def _flowing(self) -> float:
        """Return the set point of a supply that is on, if that is what flows."""
        held_A, again_A, flowing_A = self._set_point(), self._set_point(), self.read_current()
        tolerance_A = DELIVERED_COUNTS * self._A_per_count + DELIVERED_SHARE * abs(held_A)
        if held_A != again_A or abs(flowing_A - held_A) > tolerance_A:
            raise BenchError(
                f"{NAME} was found on, and replied set points of {held_A:g} A and {again_A:g} A "
                f"and {flowing_A:g} A: ramp it to zero by hand and switch it off."
            )
        return held_A


def _check_interlocks(status: int) -> None:
    if tripped := [name for bit, name in INTERLOCKS.items() if status & bit]:
        raise BenchError(
            f"{NAME} reports {', '.join(tripped)} (status word {status:06X}); remove the cause and "
            "reset the interlocks at the supply."
        )


def open_supply(section: Danfysik8500Section, bench: Connection) -> DanfysikCoilSupply:
    """Open the coil's supply of a bench file; the bench limits its current and how it changes."""
    return DanfysikCoilSupply(
        bench.open(Danfysik8500, section.address, clear=False),
        bench.clock,
        rated_A=section.rated_A,
        A_per_count=section.A_per_count,
        largest_A=abs(bench.limits.field_T / section.coil_T_per_A),
        rate_A_per_s=abs(bench.limits.field_rate_T_per_s / section.coil_T_per_A),
        report=bench.report_set_point,
    )


def safe_steps(section: Danfysik8500Section, limits: Limits) -> tuple[Step, ...]:
    """Return the messages that ramp the coil down and switch the main power off."""
    rate_A_per_s = abs(limits.field_rate_T_per_s / section.coil_T_per_A)
    return (
        Ramp(
            "DA 0",
            "DA 0,{:.0f}",
            FULL_SCALE * rate_A_per_s / section.rated_A,
            FULL_SCALE,
            reported=True,
            interval_s=STEP_S,
            pattern=SET_POINT,
        ),
        Send("F"),
        Confirm(Query("S1H", OFF_WORD, pattern=True)),
    )
