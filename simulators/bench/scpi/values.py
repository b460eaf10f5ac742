"""The parameter types of SCPI: parsing of parameters and formatting of replies.

Numbers follow IEEE 488.2 (NRf, unit suffixes with multipliers, `#H` for integers), character data
follows SCPI-99 (either the short or the long form, in any case), texts are quoted.
"""

import math
import re
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..errors import ScpiError

V = TypeVar("V")

_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:\s?E[+-]?\d+)?)\s*([A-Z]*)\Z", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]\w*\Z", re.IGNORECASE)
_BASES = {"#H": 16, "#Q": 8, "#B": 2}
_MULTIPLIERS = {
    "EX": 1e18,
    "PE": 1e15,
    "T": 1e12,
    "G": 1e9,
    "MA": 1e6,
    "K": 1e3,
    "": 1.0,
    "M": 1e-3,
    "U": 1e-6,
    "N": 1e-9,
    "P": 1e-12,
    "F": 1e-15,
    "A": 1e-18,
}
_MEGA_UNITS = {"OHM", "HZ"}  # SCPI reads MOHM and MHZ as mega, although M is milli elsewhere


class Kind(Protocol[V]):
    """A parameter type: text to value, value to text."""

    def parse(self, text: str) -> V: ...

    def format(self, value: V) -> str: ...


def short_form(mnemonic: str) -> str:
    """Return the short form of a mnemonic in SCPI notation (`OUTPut` → `OUTP`, `INT2` → `INT2`)."""
    return "".join(character for character in mnemonic if not character.islower())


def names(mnemonic: str, text: str) -> bool:
    """Return True if `text` is the short or the long form of `mnemonic`, in any case."""
    return text.upper() in (short_form(mnemonic), mnemonic.upper())


@dataclass(frozen=True, slots=True)
class Real:
    """A number with an optional unit and limits; MIN, MAX, DEF and INF where they have a value."""

    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    default: float | None = None
    style: str = "+.6E"

    def parse(self, text: str) -> float:
        value = self.limit(text)
        if value is None:
            value = _number(text, self.unit)
        if not self.low <= value <= self.high:
            raise ScpiError(-222, "Data out of range", text)
        return value

    def limit(self, text: str) -> float | None:
        """Return the value a word such as MIN stands for, None for anything that is not a word."""
        if not _WORD.match(text):
            return None
        words = {"MINimum": self.low, "MAXimum": self.high, "DEFault": self.default}
        for word, value in words.items():
            if names(word, text) and value is not None and math.isfinite(value):
                return value
        if names("INFinity", text) and math.isinf(self.high):
            return math.inf
        raise ScpiError(-224, "Illegal parameter value", text)

    def format(self, value: float) -> str:
        return format(value if math.isfinite(value) else math.copysign(9.9e37, value), self.style)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within limits; decimal numbers are rounded, as IEEE 488.2 asks."""

    low: int = 0
    high: int = 2**31 - 1
    default: int | None = None
    style: str = "d"

    def parse(self, text: str) -> int:
        if text[:2].upper() in _BASES:
            try:
                value = int(text[2:], _BASES[text[:2].upper()])
            except ValueError:
                raise ScpiError(-120, "Numeric data error", text) from None
            if not self.low <= value <= self.high:
                raise ScpiError(-222, "Data out of range", text)
            return value
        return round(Real("", self.low, self.high, self.default).parse(text))

    def limit(self, text: str) -> float | None:
        """Return the value a word such as MIN stands for, None for anything that is not a word."""
        return Real("", self.low, self.high, self.default).limit(text)

    def format(self, value: int) -> str:
        return format(value, self.style)


@dataclass(frozen=True, slots=True)
class Boolean:
    """ON, OFF or a number, of which only zero is off; replies 1 or 0."""

    def parse(self, text: str) -> bool:
        word = text.upper()
        if word in ("ON", "OFF"):
            return word == "ON"
        if _WORD.match(text):
            raise ScpiError(-224, "Illegal parameter value", text)
        return abs(_number(text, "")) >= 0.5

    def format(self, value: bool) -> str:
        return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words in SCPI notation (`NORMal`, `INVerted`); its value is the short form."""

    words: tuple[str, ...]

    def parse(self, text: str) -> str:
        for word in self.words:
            if names(word, text):
                return short_form(word)
        if not _WORD.match(text):
            raise ScpiError(-104, "Data type error", text)
        raise ScpiError(-224, "Illegal parameter value", text)

    def format(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string; `""` or `''` inside stands for one quotation mark."""

    def parse(self, text: str) -> str:
        if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
            raise ScpiError(-104, "Data type error", text)
        return text[1:-1].replace(text[0] * 2, text[0])

    def format(self, value: str) -> str:
        quoted = value.replace('"', '""')
        return f'"{quoted}"'


@dataclass(frozen=True, slots=True)
class Raw:
    """A parameter passed on as it was written."""

    def parse(self, text: str) -> str:
        return text

    def format(self, value: str) -> str:
        return value


def choice(*words: str) -> Choice:
    """Return a Choice of `words`, each in SCPI notation."""
    return Choice(words)


def _number(text: str, unit: str) -> float:
    match = _NUMBER.match(text)
    if match is None:
        if text[:1] in ("'", '"'):
            raise ScpiError(-158, "String data not allowed", text)
        raise ScpiError(-121, "Invalid character in number", text)
    number, suffix = float(match[1].replace(" ", "")), match[2].upper()
    if not suffix:
        return number
    if not unit:
        raise ScpiError(-138, "Suffix not allowed", text)
    multiplier = suffix.removesuffix(unit.upper())
    if not suffix.endswith(unit.upper()) or multiplier not in _MULTIPLIERS:
        raise ScpiError(-131, "Invalid suffix", text)
    if multiplier == "M" and unit.upper() in _MEGA_UNITS:
        return number * 1e6
    return number * _MULTIPLIERS[multiplier]
