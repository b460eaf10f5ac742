"""The Lake Shore 425 as the gaussmeter of a magnet: steady field in tesla with autorange."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pymeasure.instruments.lakeshore import LakeShore425

from ..connection import Connection
from ..dialogue import Dialogue
from ..faults import shown, translate_errors
from ..sections import GaussmeterSection


class LakeShore425Section(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is a Lake Shore 425."""

    driver: Literal["LakeShore425"]


class LakeShore425Gaussmeter:
    """Reads the field; mode, unit and range are set and read back before the first reading."""

    _name: ClassVar[str] = "The gaussmeter (425)"
    _largest_field_T: ClassVar[float] = 3.5  # of its highest range
    _read_back: ClassVar[Mapping[str, str]] = {"RDGMODE?": "1,", "UNIT?": "2", "AUTO?": "1"}
    """Query → how the reply begins: steady field, tesla, autorange."""
    _field_query: str = "RDGFIELD?"

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._dialogue = Dialogue(self._name, driver)
        self._ready = False

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_field(self) -> float:
        if not self._ready:
            self._prepare()
        self._dialogue.resync()  # a line too many would make every reading the one before

        def problem(field_T: float) -> str:
            if abs(field_T) <= self._largest_field_T:
                return self._problem_with_reading()
            return f"{self._name} replied {field_T:g} T, which is beyond its ranges."

        return self._dialogue.confirmed(
            lambda: self._dialogue.ask_number(self._field_query), problem
        )

    def _prepare(self) -> None:
        with translate_errors(self._name):
            self._set_up()
        for query, wanted in self._read_back.items():
            self._confirm(query, wanted)
        self._ready = True

    def _set_up(self) -> None:
        self._driver.dc_mode()
        self._driver.unit = "T"
        self._driver.auto_range()

    def _problem_with_reading(self) -> str:
        """Return what the instrument reports about the reading just taken; nothing, by itself."""
        return ""

    def _confirm(self, query: str, wanted: str) -> None:
        def problem(reply: str) -> str:
            if reply.startswith(wanted):
                return ""
            return f"{self._name} replied {shown(reply)} to {query} where {wanted} was set."

        self._dialogue.confirmed(lambda: self._dialogue.ask(query), problem)

    def check(self) -> None:
        """Do nothing: these gaussmeters have no error queue."""

    def make_safe(self) -> None:
        """Do nothing: a gaussmeter drives nothing."""


def open_gaussmeter(section: LakeShore425Section, bench: Connection) -> LakeShore425Gaussmeter:
    """Open the gaussmeter of a bench file."""
    return LakeShore425Gaussmeter(bench.open(LakeShore425, section.address))
