"""The Lake Shore 425 as the gaussmeter of a magnet, in tesla with autorange."""

from typing import Literal

from pymeasure.instruments.lakeshore import LakeShore425

from ..connection import Connection
from ..faults import translate_errors
from ..sections import GaussmeterSection

NAME = "The gaussmeter (425)"


class LakeShore425Section(GaussmeterSection):
    """A `[magnet.gaussmeter]` that is a Lake Shore 425."""

    driver: Literal["LakeShore425"]


class LakeShore425Gaussmeter:
    """Reads the field; the unit and the range are set before the first reading."""

    def __init__(self, driver: LakeShore425) -> None:
        self._driver = driver
        self._ready = False

    @property
    def identity(self) -> str:
        with translate_errors(NAME):
            return str(self._driver.ask("*IDN?"))

    def read_field(self) -> float:
        with translate_errors(NAME):
            if not self._ready:
                self._driver.unit = "T"
                self._driver.auto_range()
                self._ready = True
            return float(self._driver.field)

    def check(self) -> None:
        """Do nothing: the 425 has no error queue."""

    def make_safe(self) -> None:
        """Do nothing: a gaussmeter drives nothing."""


def open_gaussmeter(section: LakeShore425Section, bench: Connection) -> LakeShore425Gaussmeter:
    """Open the gaussmeter of a bench file."""
    return LakeShore425Gaussmeter(bench.open(LakeShore425, section.address))
