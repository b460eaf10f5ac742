"""The Lake Shore 425 as the gaussmeter of a magnet: steady field in tesla with autorange."""

from typing import Literal

from pymeasure.instruments.lakeshore import LakeShore425

from ..connection import Connection
from ..dialogue import Dialogue
from ..faults import shown, translate_errors
from ..sections import GaussmeterSection

NAME = "The gaussmeter (425)"
LARGEST_FIELD_T = 3.5  # of its highest range
READ_BACK = {"RDGMODE?": "1,", "UNIT?": "2", "AUTO?": "1"}  # steady field, tesla, autorange


class LakeShore425Section(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is a Lake Shore 425."""

    driver: Literal["LakeShore425"]


class LakeShore425Gaussmeter:
    """Reads the field; mode, unit and range are set and read back before the first reading."""

    def __init__(self, driver: LakeShore425) -> None:
        self._driver = driver
        self._dialogue = Dialogue(NAME, driver)
        self._ready = False

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    def read_field(self) -> float:
        if not self._ready:
            self._set_up()
        self._dialogue.resync()  # a line too many would make every reading the one before

        def problem(field_T: float) -> str:
            if abs(field_T) <= LARGEST_FIELD_T:
                return ""
            return f"{NAME} replied {field_T:g} T, which is beyond its ranges."

        return self._dialogue.confirmed(lambda: self._dialogue.ask_number("RDGFIELD?"), problem)

    def _set_up(self) -> None:
        with translate_errors(NAME):
            self._driver.dc_mode()
            self._driver.unit = "T"
            self._driver.auto_range()
        for query, wanted in READ_BACK.items():
            self._confirm(query, wanted)
        self._ready = True

    def _confirm(self, query: str, wanted: str) -> None:
        def problem(reply: str) -> str:
            if reply.startswith(wanted):
                return ""
            return f"{NAME} replied {shown(reply)} to {query} where {wanted} was set."

        self._dialogue.confirmed(lambda: self._dialogue.ask(query), problem)

    def check(self) -> None:
        """Do nothing: the 425 has no error queue."""

    def make_safe(self) -> None:
        """Do nothing: a gaussmeter drives nothing."""


def open_gaussmeter(section: LakeShore425Section, bench: Connection) -> LakeShore425Gaussmeter:
    """Open the gaussmeter of a bench file."""
    return LakeShore425Gaussmeter(bench.open(LakeShore425, section.address))
