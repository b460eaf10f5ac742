"""A Kepco BOP as the current source of a coil: every change is a ramp at the allowed rate.

PyMeasure's driver is that of the BOP 36-12 and clips at its ratings, silently; set points are sent
here, so that every rating is reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pymeasure.instruments.kepco import KepcoBOP3612

from ...clock import Clock
from ...dialogue import Dialogue
from ...errors import BenchError
from ...faults import shown, translate_errors
from .coil_ramp import STEP_S, CoilRamp, set_points
from .stepped import SteppedSupply

NAME = "The magnet supply (BOP)"
OUTPUT_QUERY = "OUTPut?"
SETTLING_S = 0.1
# Tolerances as shares of the rated current:
ROUNDING = 1 / 2400  # of set points
DELIVERED, DELIVERED_SHARE = 1 / 240, 0.01  # of what the coil gets, and a share of what was set
FOUND_TOLERANCE = 0.02  # of the replies of a supply that was found on
AT_VOLTAGE_LIMIT = 0.95  # of the voltage limit


@dataclass(frozen=True, slots=True)
class Rating:
    """The largest voltage and current of a BOP, of either sign, as in the name BOP 36-12."""

    voltage_V: float
    current_A: float

    def __str__(self) -> str:
        return f"{self.voltage_V:g}-{self.current_A:g}"


class KepcoCoilSupply(SteppedSupply):
    """Sources the coil's current, at most `largest_A`, with at most `compliance_V` across it.

    `report` is told every set point before it is sent.
    """

    def __init__(
        self,
        driver: KepcoBOP3612,
        clock: Clock,
        *,
        largest_A: float,
        rate_A_per_s: float,
        compliance_V: float,
        rated: Rating,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        ramp = CoilRamp(min(largest_A, rated.current_A), rate_A_per_s, ROUNDING * rated.current_A)
        super().__init__(Dialogue(NAME, driver), clock, ramp, report)
        self._driver = driver
        self._rated = rated
        self._compliance_V = compliance_V

    @property
    def maximum_current_A(self) -> float:
        return self._rated.current_A

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_current(self) -> float:
        return self._dialogue.ask_number("MEASure:CURRent?")

    def check(self) -> None:
        self._dialogue.check_errors()

    def _is_off(self) -> bool:
        return self._output() == "0" and self._output() == "0"

    def _confirm_off(self) -> None:
        self._dialogue.confirm_off(self._switch_off, OUTPUT_QUERY)

    def _send(self, current_A: float) -> None:
        self._driver.write(f"CURRent {current_A:g}")

    def _set_point(self) -> float:
        return self._dialogue.ask_number("CURRent?")

    def _confirm_delivered(self, wanted_A: float) -> None:
        def problem(delivered_A: float) -> str:
            if self._output() != "1":
                return f"{NAME} has its output off: it was switched, or it tripped."
            tolerance_A = DELIVERED * self._rated.current_A + DELIVERED_SHARE * abs(wanted_A)
            if abs(delivered_A - wanted_A) <= tolerance_A:
                return ""
            state = f"{NAME} delivers {delivered_A:.3g} A where {wanted_A:.3g} A was set"
            voltage_V = abs(self._dialogue.ask_number("MEASure:VOLTage?"))
            if voltage_V >= AT_VOLTAGE_LIMIT * self._compliance_V:
                return (
                    f"{state}: it is at its voltage limit of {self._compliance_V:g} V; lower the "
                    "field, raise compliance_V in the bench file, or check the coil's contacts."
                )
            return f"{state}; check that its output is on and the coil is connected."

        settle = partial(self._clock.sleep, SETTLING_S)
        self._dialogue.confirmed(self.read_current, problem, before_asking_again=settle)

    def _take_over(self) -> float:
        with translate_errors(NAME):
            self._driver.clear()
        is_off = self._is_off()
        if not is_off and self._regulates_current():
            flowing_A = self._flowing()
            self._report(flowing_A)
            with translate_errors(NAME):
                # What flows may be less than the set point; it must not jump with the compliance.
                self._driver.write(f"CURRent {flowing_A:g}")
                self._driver.write(f"VOLTage {self._compliance_V:g}")
        else:
            self._start_from_zero(is_off=is_off)
            flowing_A = 0.0
        self.check()
        self._commanded_A = flowing_A
        self._confirm_set_point(flowing_A)
        if self._output() != "1":
            raise BenchError(f"{NAME} was switched on and its output is off.")
        return flowing_A

    def _flowing(self) -> float:
        first_A, second_A, held_A = self.read_current(), self.read_current(), self._set_point()
        rated_A = self._rated.current_A
        tolerance_A = FOUND_TOLERANCE * rated_A
        agree = abs(first_A - second_A) <= tolerance_A
        if not agree or abs(second_A) > min(abs(held_A), rated_A) + tolerance_A:
            raise BenchError(
                f"{NAME} was found on, and replied {first_A:g} A, {second_A:g} A and a set point "
                f"of {held_A:g} A: ramp it to zero by hand and switch it off."
            )
        return second_A

    def _start_from_zero(self, *, is_off: bool) -> None:
        if not is_off:
            self._ramp_down()
            self._confirm_off()
        self._report(0.0)
        with translate_errors(NAME):
            self._driver.operating_mode = "CURR"
            self._driver.write("CURRent 0")
            self._driver.write(f"VOLTage {self._compliance_V:g}")
            self._driver.output_enabled = True

    def _ramp_down(self) -> None:
        if self._regulates_current():
            super()._ramp_down()
            return
        rate_V_per_s = self._ramp.rate_A_per_s * self._compliance_V / self._rated.current_A
        for step_V in set_points(self._found_V(), 0.0, rate_V_per_s):
            with translate_errors(NAME):
                self._driver.write(f"VOLTage {step_V:g}")
            self._clock.sleep(STEP_S)

    def _found_V(self) -> float:
        def problem(voltage_V: float) -> str:
            if abs(voltage_V) <= self._rated.voltage_V:
                return ""
            return f"{NAME} replied {voltage_V:g} V as its set point, which it cannot reach."

        return self._dialogue.confirmed(lambda: self._dialogue.ask_number("VOLTage?"), problem)

    def _regulates_current(self) -> bool:
        def problem(mode: str) -> str:
            return "" if mode in ("0", "1") else f"{NAME} replied {shown(mode)} as its mode."

        mode = self._dialogue.confirmed(lambda: self._dialogue.ask("FUNCtion:MODE?"), problem)
        return mode == "1"

    def _output(self) -> str:
        return self._dialogue.ask(OUTPUT_QUERY)

    def _switch_off(self) -> None:
        self._driver.output_enabled = False
