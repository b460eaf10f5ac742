"""A Yokogawa GS200 whose voltage programs a Kepco BOP at its analogue input, as a coil's source.

The current is what the BOP makes of the voltage, I = `A_per_V` · V (12 A at 10 V for a BOP 36-12),
and nobody reads it back: the bench must have a gaussmeter, which confirms every field. Voltages are
ramped step by step and read back. The BOP itself is on in current mode, with its voltage limit, as
set at its panel. The safe state is 0 V with the output on, read back: an output that is switched
off would leave the BOP's input open. A GS200 that is found off stays off until a field is set.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NoReturn, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from pymeasure.instruments import Instrument, SCPIMixin

from ...clock import Clock
from ...connection import Connection
from ...dialogue import Dialogue, Setting
from ...errors import BenchError
from ...guard.plan import Confirm, Query, Ramp, Send, Step
from ...limits import Limits
from ...sections import MagnetSection, Positive
from .coil_ramp import STEP_S, CoilRamp
from .stepped import SteppedSupply

NAME = "The magnet's voltage source (GS200)"
FULL_SCALE_V = 10.0  # of the BOP's input, and the range of the source
ROUNDING_V = 1e-4
LARGEST_A = 0.02  # into the BOP's input
TOLERANCE = 1e-3


class YokogawaGS200Section(MagnetSection):
    """A `[magnet]` on a BOP by its analogue input: the current that a volt there makes."""

    driver: Literal["YokogawaGS200"]
    A_per_V: Positive

    session_defaults: ClassVar[Mapping[str, str | int]] = {
        "read_termination": "\n",
        "write_termination": "\n",
    }

    @model_validator(mode="after")
    def _check_gaussmeter(self) -> Self:
        if self.gaussmeter is None:
            raise PydanticCustomError(
                "gaussmeter",
                "programs a supply whose current is not read back, so that no field would be "
                "confirmed; add [magnet.gaussmeter]",
            )
        return self


class YokogawaGS200(SCPIMixin, Instrument):
    """The connection to a GS200; PyMeasure's driver warns at each start that it may not be SCPI."""

    def __init__(self, adapter: Any, name: str = "Yokogawa GS200", **kwargs: Any) -> None:
        super().__init__(adapter, name, **kwargs)


class ProgrammedCoilSupply(SteppedSupply):
    """Programs the coil's current, at most `largest_A`; `report` is told every voltage set."""

    def __init__(
        self,
        driver: Any,
        clock: Clock,
        *,
        A_per_V: float,
        largest_A: float,
        rate_A_per_s: float,
        report: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._A_per_V = A_per_V
        ramp = CoilRamp(min(largest_A, self.maximum_current_A), rate_A_per_s, ROUNDING_V * A_per_V)
        super().__init__(
            Dialogue(NAME, driver), clock, ramp, lambda current_A: report(current_A / A_per_V)
        )

    @property
    def maximum_current_A(self) -> float:
        return FULL_SCALE_V * self._A_per_V

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_current(self) -> NoReturn:
        """Raise BenchError: no instrument reads the current."""
        raise BenchError(
            f"{NAME} programs the current of the coil, and none reads it back; add "
            "[magnet.gaussmeter] to the bench file."
        )

    def check(self) -> None:
        self._dialogue.check_errors()

    def _is_off(self) -> bool:
        return self._dialogue.ask(":OUTP?") == "0" and self._dialogue.ask(":OUTP?") == "0"

    def _confirm_off(self) -> None:
        self._dialogue.send(":SOUR:LEV 0")
        self._dialogue.confirm_number(":SOUR:LEV?", 0.0, ROUNDING_V, "voltage")

    def _send(self, current_A: float) -> None:
        self._dialogue.send(f":SOUR:LEV {current_A / self._A_per_V:.4f}")

    def _set_point(self) -> float:
        return self._dialogue.ask_number(":SOUR:LEV?") * self._A_per_V

    def _confirm_delivered(self, wanted_A: float) -> None:
        """Confirm the voltage and that it is on; the field is the gaussmeter's to confirm."""
        self._dialogue.confirm(self._settings(wanted_A / self._A_per_V, on=True))

    def _settings(self, level_V: float, *, on: bool) -> tuple[Setting, ...]:
        return (
            Setting("output", ":OUTP?", "1" if on else "0"),
            Setting("function", ":SOUR:FUNC?", "VOLT"),
            Setting("range in V", ":SOUR:RANG?", FULL_SCALE_V, TOLERANCE),
            Setting("current limit in A", ":SOUR:PROT:CURR?", LARGEST_A, TOLERANCE),
            Setting("voltage", ":SOUR:LEV?", level_V, ROUNDING_V),
        )

    def _take_over(self) -> float:
        self._dialogue.send("*CLS")
        flowing_A = 0.0
        if self._is_off():
            self._report(0.0)
            for message in (
                ":SOUR:FUNC VOLT",
                f":SOUR:RANG {FULL_SCALE_V:g}",
                f":SOUR:PROT:CURR {LARGEST_A:g}",
                ":SOUR:LEV 0",
            ):
                self._dialogue.send(message)
            self._dialogue.confirm(self._settings(0.0, on=False))
            self._dialogue.send(":OUTP 1")
        else:
            flowing_A = self._flowing()
        self._dialogue.confirm(self._settings(flowing_A / self._A_per_V, on=True))
        self._commanded_A = flowing_A
        return flowing_A

    def _flowing(self) -> float:
        """Return the current that the voltage found at the output programs, read twice."""
        first_A, second_A = self._set_point(), self._set_point()
        if first_A != second_A or not abs(first_A) <= self.maximum_current_A:
            raise BenchError(
                f"{NAME} was found on, and replied voltages that stand for {first_A:g} A and "
                f"{second_A:g} A: ramp it to zero by hand."
            )
        return first_A


def open_supply(section: YokogawaGS200Section, bench: Connection) -> ProgrammedCoilSupply:
    """Open the voltage source of a bench file; the bench limits the coil's current and rate."""
    return ProgrammedCoilSupply(
        bench.open(YokogawaGS200, section.address),
        bench.clock,
        A_per_V=section.A_per_V,
        largest_A=abs(bench.limits.field_T / section.coil_T_per_A),
        rate_A_per_s=abs(bench.limits.field_rate_T_per_s / section.coil_T_per_A),
        report=bench.report_set_point,
    )


def safe_steps(section: YokogawaGS200Section, limits: Limits) -> tuple[Step, ...]:
    """Return the messages that ramp the voltage to zero, and leave it there."""
    return (
        Ramp(
            ":SOUR:LEV?",
            ":SOUR:LEV {:.4f}",
            abs(limits.field_rate_T_per_s / section.coil_T_per_A) / section.A_per_V,
            FULL_SCALE_V,
            conditions=(Query(":OUTP?", "1"), Query(":SOUR:FUNC?", "VOLT")),
            reported=True,
            interval_s=STEP_S,
        ),
        Send(":SOUR:LEV 0"),
        Confirm(Query(":SOUR:LEV?", "0")),
    )
