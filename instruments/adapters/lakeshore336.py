"""The Lake Shore 335, 336 or 350 as a temperature controller: one input, one heater output.

The loop is closed on the input in kelvin, its ramp off, and the instrument's own temperature limit,
above which it switches all heaters off, is set to the bench's highest temperature; everything is
read back. PID values and sensor curves are those of the instrument. The safe state is the heater
off: the set point stays.
"""

import threading
from typing import Annotated, Any, Literal

from pydantic import Field
from pymeasure.instruments import Instrument

from ..clock import Clock
from ..connection import Connection
from ..dialogue import Dialogue
from ..errors import BenchError
from ..faults import shown
from ..guard.plan import Confirm, Query, Send, Step
from ..limits import Limits
from ..sections import TemperatureControllerSection

NAME = "The temperature controller (336)"
POLL_S = 1.0
HIGHEST_RANGE = 3  # of a 335 or 336
HIGHEST_K = 1500.0  # that any sensor of these instruments reads
SET_POINT_TOLERANCE_K = 0.01
KELVIN = "1"
HEATER_FAULTS = {"1": "an open load", "2": "a short circuit"}
COMMAND_ERROR, EXECUTION_ERROR = 1 << 5, 1 << 4  # of the standard event status


class LakeShore336Section(TemperatureControllerSection):
    """A `[temperature_controller]`; ranges of the heater are 1 (low) to 3, or 5 on a 350."""

    driver: Literal["LakeShore336"]
    input: Literal["A", "B", "C", "D"] = "A"
    output: Literal[1, 2] = 1
    heater_range: Annotated[int, Field(ge=1, le=5)]


class LakeShore336(Instrument):
    """The connection to a 335, 336 or 350.

    PyMeasure's driver of the series sends set points in whatever unit is preferred, and has neither
    the temperature limit nor the states of sensor and heater.
    """

    def __init__(self, adapter: Any, name: str = "Lake Shore 336", **kwargs: Any) -> None:
        kwargs = {"read_termination": "\r\n", "write_termination": "\n", **kwargs}
        super().__init__(adapter, name, includeSCPI=False, **kwargs)


class LakeShore336TemperatureController:
    """Regulates to set points up to `highest_K` and waits until the temperature is steady."""

    def __init__(
        self, driver: Any, clock: Clock, section: LakeShore336Section, highest_K: float | None
    ) -> None:
        self._driver = driver
        self._dialogue = Dialogue(NAME, driver)
        self._clock = clock
        self._section = section
        self._highest_K = highest_K
        self._ending = threading.Event()

    @property
    def identity(self) -> str:
        identity, heater_range = self._dialogue.ask("*IDN?"), self._section.heater_range
        if heater_range > HIGHEST_RANGE and "350" not in identity:
            raise BenchError(
                f"{NAME} is {shown(identity)}, whose heater has the ranges 1 to {HIGHEST_RANGE}: "
                f"correct heater_range = {heater_range} in the bench file."
            )
        return identity

    def set_temperature(self, temperature_K: float) -> float:
        self._ending.clear()
        self._close_loop()
        output = self._section.output
        self._dialogue.send(f"SETP {output},{temperature_K:.4f}")
        self._dialogue.confirm_number(
            f"SETP? {output}", temperature_K, SET_POINT_TOLERANCE_K, "set point in K"
        )
        self._dialogue.send(f"RANGE {output},{self._section.heater_range}")
        self._confirm_heater()
        self.check()
        return self._steady(temperature_K)

    def interrupt(self) -> None:
        self._ending.set()

    def read_temperature(self) -> float:
        self._dialogue.resync()  # a line too many would make every reading the one before
        channel = self._section.input

        def problem(temperature_K: float) -> str:
            status = self._dialogue.ask(f"RDGST? {channel}")
            if not status.isdecimal() or int(status):
                return f"{NAME} reports {shown(status)} as the status of its sensor {channel}."
            if 0 < temperature_K <= HIGHEST_K:
                return ""
            return f"{NAME} replied {temperature_K:g} K, which no sensor of it reads."

        return self._dialogue.confirmed(
            lambda: self._dialogue.ask_number(f"KRDG? {channel}"), problem
        )

    def check(self) -> None:
        """Raise BenchError if a command was not understood or could not be carried out."""
        status = self._dialogue.ask("*ESR?")
        if not status.isdecimal() or int(status) & (COMMAND_ERROR | EXECUTION_ERROR):
            raise BenchError(
                f"{NAME} has {shown(status)} as its event status: it refused a command."
            )

    def make_safe(self) -> None:
        self._ending.set()  # a wait that is under way in another thread ends
        self._dialogue.resync()
        output = self._section.output
        self._dialogue.confirm_off(
            lambda: self._driver.write(f"RANGE {output},0"), f"RANGE? {output}"
        )

    def _close_loop(self) -> None:
        """Close the loop on the input, with the instrument's own limit; the heater stays as is."""
        if self._highest_K is None:
            raise BenchError(f"{NAME} is to heat without [limits] highest_temperature_K.")
        channel, output = self._section.input, self._section.output
        self._confirm_unit(channel)
        mode = f"1,{'ABCD'.index(channel) + 1},0"  # closed loop, input, off at power-up
        self._dialogue.send(f"TLIMIT {channel},{self._highest_K:g}")
        self._dialogue.confirm_number(
            f"TLIMIT? {channel}", self._highest_K, SET_POINT_TOLERANCE_K, "temperature limit in K"
        )
        self._dialogue.send(f"OUTMODE {output},{mode}")
        self._confirm(f"OUTMODE? {output}", mode, "mode of its output")
        self._dialogue.send(f"RAMP {output},0,1")
        self._confirm(f"RAMP? {output}", "0,", "ramp")

    def _confirm_unit(self, channel: str) -> None:
        """Set points are in the unit that the input prefers."""

        def problem(reply: str) -> str:
            if reply.split(",")[-1].strip() == KELVIN:
                return ""
            return (
                f"{NAME} has {shown(reply)} as the type of its input {channel}, whose unit is not "
                "kelvin: set the preferred unit of the input to kelvin."
            )

        self._dialogue.confirmed(lambda: self._dialogue.ask(f"INTYPE? {channel}"), problem)

    def _steady(self, temperature_K: float) -> float:
        section, began_s = self._section, self._clock.now_s()
        within_since_s: float | None = None
        while True:
            if self._ending.is_set():
                raise BenchError(f"{NAME} is being made safe: the wait has ended.")
            reading_K = self.read_temperature()
            now_s = self._clock.now_s()
            if abs(reading_K - temperature_K) > section.tolerance_K:
                within_since_s = None
            elif within_since_s is None:
                within_since_s = now_s
            if within_since_s is not None and now_s - within_since_s >= section.steady_s:
                return reading_K
            if now_s - began_s > section.longest_wait_s:
                raise BenchError(
                    f"{NAME} reads {reading_K:g} K after {section.longest_wait_s:g} s where "
                    f"{temperature_K:g} K was set; raise heater_range, longest_wait_s or "
                    "tolerance_K in the bench file, or correct its PID values."
                )
            self._confirm_heater()
            self._clock.sleep(POLL_S)

    def _confirm_heater(self) -> None:
        """Confirm that the heater is on in its range and reports no fault."""
        output, wanted = self._section.output, str(self._section.heater_range)

        def problem(reply: str) -> str:
            if reply == wanted:
                return ""
            return (
                f"{NAME} has {shown(reply)} as the range of its heater where {wanted} was set: it "
                "was switched, or its temperature limit has tripped."
            )

        def fault(reply: str) -> str:
            if reply == "0":
                return ""
            return f"{NAME} reports {HEATER_FAULTS.get(reply, shown(reply))} at its heater."

        self._dialogue.confirmed(lambda: self._dialogue.ask(f"RANGE? {output}"), problem)
        self._dialogue.confirmed(lambda: self._dialogue.ask(f"HTRST? {output}"), fault)

    def _confirm(self, query: str, wanted: str, what: str) -> None:
        def problem(reply: str) -> str:
            if reply.startswith(wanted):
                return ""
            return f"{NAME} has {shown(reply)} as the {what} where {wanted} was set."

        self._dialogue.confirmed(lambda: self._dialogue.ask(query), problem)


def open_controller(
    section: LakeShore336Section, bench: Connection
) -> LakeShore336TemperatureController:
    """Open the temperature controller of a bench file."""
    return LakeShore336TemperatureController(
        bench.open(LakeShore336, section.address),
        bench.clock,
        section,
        bench.limits.highest_temperature_K,
    )


def safe_steps(section: LakeShore336Section, _limits: Limits) -> tuple[Step, ...]:
    """Return the messages that switch the heater off."""
    output = section.output
    return Send(f"RANGE {output},0"), Confirm(Query(f"RANGE? {output}", "0"))
