"""Source-meters as four-wire resistance meters: what all of them do to arm, to read, to be safe.

A reading carries the number of its own question, so that a reply to an earlier one is not believed;
the measured current must be the one that was armed.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from ..dialogue import Dialogue, Setting
from ..errors import BenchError, ExchangeError
from ..faults import translate_errors
from ..roles import Reading

SMALLEST_CURRENT_A = 1e-9  # twenty steps of the lowest range
SMALLEST_RANGE_A = 1e-6
CURRENT_TOLERANCE = 0.05  # of the current, and NOISE_OF_RANGE: the noise of the fastest reading
NOISE_OF_RANGE = 2e-3
LAST_NUMBER = 255  # fits into an event enable register
SETTING_TOLERANCE = 1e-3


class SourceMeter(ABC):
    """Sources the current that it is armed with, with `compliance_V` at most across the junction.

    `terminals`, where a model has several, are left as found if None.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        *,
        nplc: float,
        compliance_V: float,
        four_wire: bool,
        terminals: str | None,
    ) -> None:
        self._dialogue = dialogue
        self._nplc = nplc
        self._compliance_V = compliance_V
        self._four_wire = four_wire
        self._terminals = terminals
        self._armed_A = 0.0
        self._set_up_for: tuple[float, str] | None = None  # current in A and terminals
        self._number = 0

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def minimum_current_A(self) -> float:
        return SMALLEST_CURRENT_A

    def arm(self, current_A: float) -> None:
        terminals = self._terminals or self._present_terminals()
        before = None if self._armed_A else self._set_up_for
        self._armed_A, self._set_up_for = 0.0, None
        if before != (current_A, terminals):  # behind a switch it is armed for every device
            with translate_errors(self._dialogue.name):
                self._set_up(current_A, terminals)
        self._dialogue.confirm(self._settings(current_A, terminals, on=False))
        with translate_errors(self._dialogue.name):
            self._switch(on=True)
        self._dialogue.confirm(self._settings(current_A, terminals, on=True))
        self._armed_A, self._set_up_for = current_A, (current_A, terminals)

    def read(self) -> Reading:
        if not self._armed_A:
            raise BenchError(f"{self._dialogue.name} is not armed; arm it before reading.")
        self._number = self._number % LAST_NUMBER + 1
        try:
            return self._checked(self._dialogue.ask(self._question(self._number)))
        except ExchangeError:
            self._dialogue.resync()  # so that the next question gets its own reply
            raise

    def read_current(self) -> float:
        """Return the measured current, as the source beside a voltmeter; raises as `read` does."""
        return self.read().current_A

    def check(self) -> None:
        self._dialogue.check_errors()

    def make_safe(self) -> None:
        self._armed_A = 0.0
        self._dialogue.resync()
        self._dialogue.confirm_off(lambda: self._switch(on=False), self._output_query)

    @property
    @abstractmethod
    def _output_query(self) -> str:
        """The question whether the output is on; the reply is 0 if it is off."""

    @abstractmethod
    def _present_terminals(self) -> str:
        """Return the terminals that are in use, as the instrument names them."""

    @abstractmethod
    def _set_up(self, current_A: float, terminals: str) -> None:
        """Set all that matters, with the output off."""

    @abstractmethod
    def _settings(self, current_A: float, terminals: str, *, on: bool) -> Sequence[Setting]:
        """Return all that decides what reaches the junction, to be read back."""

    @abstractmethod
    def _switch(self, *, on: bool) -> None:
        """Switch the output."""

    @abstractmethod
    def _question(self, number: int) -> str:
        """Return the question for a reading, whose reply carries `number`."""

    @abstractmethod
    def _checked(self, reply: str) -> Reading:
        """Return the reading in a reply to `_question`; raises ExchangeError."""

    def _level(self, query: str, current_A: float) -> Setting:
        return Setting("current in A", query, current_A, SETTING_TOLERANCE * abs(current_A) + 1e-12)

    def _limit(self, query: str) -> Setting:
        limit_V = self._compliance_V
        return Setting("compliance in V", query, limit_V, SETTING_TOLERANCE * limit_V)

    def _integration(self, query: str) -> Setting:
        return Setting("NPLC", query, self._nplc, SETTING_TOLERANCE * self._nplc)

    def _check_current(self, current_A: float) -> None:
        armed_A = self._armed_A
        range_A = max(SMALLEST_RANGE_A, 10 ** math.ceil(math.log10(abs(armed_A))))
        tolerance_A = CURRENT_TOLERANCE * abs(armed_A) + NOISE_OF_RANGE * range_A
        tolerance_A = min(tolerance_A, 0.5 * abs(armed_A))  # 0 A is never a current
        if not abs(current_A - armed_A) <= tolerance_A:
            raise ExchangeError(
                f"{self._dialogue.name} measured {current_A:g} A where it sources {armed_A:g} A: "
                "another program may have changed it, or its output is off."
            )

    @property
    def _in_compliance(self) -> str:
        return (
            f"{self._dialogue.name} is in compliance at {self._compliance_V:g} V: the "
            "junction is open, a contact is off, or [limits] read_voltage_V is too low."
        )


class ScpiSourceMeter(SourceMeter):
    """A Keithley that speaks SCPI, with terminals in front and at the rear."""

    _name: ClassVar[str]
    _output_query = ":OUTP?"

    def __init__(
        self,
        driver: Any,
        nplc: float,
        compliance_V: float,
        four_wire: bool,
        terminals: str | None = None,
    ) -> None:
        self._driver = driver
        super().__init__(
            Dialogue(self._name, driver),
            nplc=nplc,
            compliance_V=compliance_V,
            four_wire=four_wire,
            terminals=terminals and {"front": "FRON", "rear": "REAR"}[terminals],
        )

    def _present_terminals(self) -> str:
        return self._dialogue.ask(":ROUT:TERM?")
