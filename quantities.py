"""Quantities as text, read and written exactly: `50n`, `0.05 µs`, `−4 mT`, `40 Oe`, `1,5 µs`.

One parser serves the command line, the window and criteria files; they differ only in the unit of a
bare number.
The result is the float nearest to the decimal number that is written, and the text written for a
float reads back as that float. Prefixes are case-sensitive: `m` is 10⁻³ and `M` 10⁶. A prefix
alone belongs to the unit of the parameter. A comma is a decimal mark unless it could as well
separate thousands; digits are grouped by spaces or underscores, in threes.

pint is not used: it reads `1,5 us` as 15 µs, `−4 mT` (U+2212) as +4 mT and `50 ns` as
5.0000000000000004e-08 s, and it knows neither `50n` nor 40 Oe as a flux density.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

PREFIXES: Mapping[str, int] = {
    "f": -15,
    "p": -12,
    "n": -9,
    "µ": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
}
QUANTITIES: Mapping[str, str] = {
    "V": "voltage",
    "A": "current",
    "s": "time",
    "T": "magnetic field",
    "ohm": "resistance",
    "S": "conductance",
    "J": "energy",
    "m": "length",
    "ohm m2": "resistance-area product",
    "ratio": "ratio",
    "": "plain number",
}
"""SI units and the names of the quantities that they measure."""

_OWN_UNITS: Mapping[str, Mapping[str, Fraction]] = {
    "ratio": {"%": Fraction(1, 100), "ppm": Fraction(1, 1_000_000)},
    "ohm m2": {
        f"{ohm}{mark}{area}{power}": size
        for ohm in ("Ω", "ohm", "Ohm")
        for mark in (" ", "·", "")
        for area, size in (
            ("µm", Fraction(1, 10**12)),
            ("um", Fraction(1, 10**12)),
            ("m", Fraction(1)),
        )
        for power in ("²", "2", "^2")
    },
}
"""Units that take no prefix."""

_ALIKE = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t", " "),
    "\u03bc": "µ",  # Greek mu
    "\u2126": "Ω",  # ohm sign
}
_SAME_CHARACTER = str.maketrans(_ALIKE)
_NUMBER = re.compile(
    r"""(?P<sign>[+-]?)\ *
    (?P<whole>[0-9]{1,3}(?:(?P<gap>[ _])[0-9]{3}(?:(?P=gap)[0-9]{3})*)|[0-9]*)
    (?:(?P<mark>[.,])(?P<fraction>(?:[0-9]{3}[ _])+[0-9]{1,3}|[0-9]*))?
    (?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?
    \ *(?P<suffix>[^\d\s.,+_/-].*)?""",
    re.VERBOSE,
)
LONGEST_TEXT = 100
YEAR_S = 31_557_600  # of 365.25 days


HOTTEST_K = 2000.0
_TEMPERATURE = re.compile(r"\s*([+\-−]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(K|°\s?C|C|℃)\s*")


class QuantityError(ValueError):
    """A text that is no quantity of the wanted kind; the message follows the text in a sentence."""


def parse_quantity(text: str, unit: str, bare_unit: str | None = None) -> float:
    """Return the value of a text in the SI unit `unit`; "" is none.

    A bare number is in `bare_unit`, by default the SI unit. Raises QuantityError.
    """
    try:
        return float(_exact(text, unit, bare_unit))
    except OverflowError:
        raise QuantityError(", which is too large") from None


def parse_temperature_K(text: str) -> float:
    """Return a temperature in K from "358 K" or "85 °C".

    Raises QuantityError, whose message is to follow the text.
    """
    found = _TEMPERATURE.fullmatch(text)
    if found is None:
        raise QuantityError("is no temperature: write a number with its unit, as in 358K or 85C")
    number = float(found[1].replace("−", "-").replace(",", "."))
    kelvin = number if found[2] == "K" else round(number + 273.15, 9)
    if not 0 < kelvin <= HOTTEST_K:
        raise QuantityError(
            f"is {kelvin:g} K; a junction is measured above 0 K and up to {HOTTEST_K:g} K"
        )
    return kelvin


def written_unit(text: str) -> str:
    """Return the unit of a quantity as it is written, "" for a bare number or another text."""
    match = _NUMBER.fullmatch(_same_character(text).strip()) if len(text) <= LONGEST_TEXT else None
    return (match["suffix"] or "") if match else ""


def format_quantity(value: float, unit: str, shown_unit: str | None = None) -> str:
    """Return a value with its unit, such as "50 ns"; by default with the most readable prefix."""
    shown = readable_unit(value, unit) if shown_unit is None else shown_unit
    return f"{format_number(value, unit, shown)} {shown}".rstrip()


def rounded(value: float, unit: str, digits: int = 3) -> str:
    """Return a value to so many significant digits, with its unit and the most readable prefix."""
    return format_quantity(float(f"{value:.{digits}g}"), unit)


def format_number(value: float, unit: str, shown_unit: str) -> str:
    """Return a value in SI units as a number in `shown_unit` that reads back as the same float."""
    factor = _units_of(unit)[_same_character(shown_unit)]
    number = Decimal(repr(float(value) + 0.0)) / (Decimal(factor.numerator) / factor.denominator)
    number = number.normalize()
    plain = number.is_zero() or -7 <= number.adjusted() <= 15
    return f"{number:f}" if plain else f"{number:e}"


def readable_unit(value: float, unit: str) -> str:
    """Return the unit, with the prefix that leaves one to three digits before the point."""
    if unit in _OWN_UNITS:
        return next(iter(_OWN_UNITS[unit]))
    symbol = "Ω" if unit == "ohm" else unit
    if not unit or value == 0:
        return symbol
    power = Decimal(repr(float(value))).adjusted() // 3 * 3
    power = min(power, 0 if unit in "sT" else 9)  # nobody writes ks or kT
    return {power: prefix for prefix, power in PREFIXES.items()}.get(power, "") + symbol


def format_duration(duration_s: float) -> str:
    """Return a duration, rounded, in the unit in which one thinks of it: "62 s", "11 min"."""
    sizes = {"years": YEAR_S, "days": 86_400.0, "h": 3600.0, "min": 60.0}
    unit = next((name for name, size_s in sizes.items() if duration_s >= 2 * size_s), "s")
    count = duration_s / sizes.get(unit, 1.0)
    return f"{count:.2g} {unit}" if count < 10 else f"{count:.0f} {unit}"


@cache
def _units_of(unit: str) -> Mapping[str, Fraction]:
    """Return every way to write a unit, prefixes alone included, with its factor to SI."""
    if unit in _OWN_UNITS:
        return _OWN_UNITS[unit]
    symbols = {unit: Fraction(1)}
    if unit == "T":  # in vacuum B = µ0 H, and µ0 · 1 Oe = 10⁻⁴ T
        symbols |= {"G": Fraction(1, 10_000), "Oe": Fraction(1, 10_000)}
    if unit == "ohm":
        symbols |= {"Ω": Fraction(1), "Ohm": Fraction(1)}
    powers = {**PREFIXES, "u": PREFIXES["µ"]}
    factors = {prefix: Fraction(10) ** power for prefix, power in powers.items()}
    units = dict(factors)
    for symbol, size in symbols.items():
        units |= {prefix + symbol: factor * size for prefix, factor in factors.items()}
    if unit == "s":
        units |= {"min": Fraction(60), "h": Fraction(3600), "days": Fraction(86_400)}
        units |= {"years": Fraction(YEAR_S)}
    return units


def _exact(text: str, unit: str, bare_unit: str | None) -> Fraction:
    match = None if len(text) > LONGEST_TEXT else _NUMBER.fullmatch(_same_character(text).strip())
    if match is None or not (match["whole"] or match["fraction"]):
        several = text.count(",") + text.count(".") > 1
        raise QuantityError(", whose commas and points are ambiguous" if several else "")
    whole, fraction = match["whole"], match["fraction"] or ""
    if match["mark"] == "," and re.fullmatch("[1-9][0-9]{0,2},[0-9]{3}", f"{whole},{fraction}"):
        raise QuantityError(
            f", which may mean {whole}.{fraction} or {whole}{fraction} (write it without the comma)"
        )
    number = re.sub("[ _]", "", f"{match['sign']}{whole or 0}.{fraction or 0}")
    suffix = match["suffix"] or (_same_character(bare_unit) if bare_unit else unit)
    return Fraction(f"{number}e{match['exponent'] or 0}") * _factor(suffix, unit)


def _factor(suffix: str, unit: str) -> Fraction:
    known, wanted = _units_of(unit), QUANTITIES.get(unit, f"quantity in {unit}")
    if suffix in known:
        return known[suffix]
    for other, quantity in QUANTITIES.items():
        if suffix in _units_of(other):
            raise QuantityError(f", a {quantity} and not a {wanted}")
    meant = [each for each in known if each.casefold() == suffix.casefold()]
    hint = f" (did you mean {' or '.join(meant)}?)" if meant else ""
    raise QuantityError(f", and {suffix!r} is no unit of a {wanted}{hint}")


def _same_character(text: str) -> str:
    return text.translate(_SAME_CHARACTER)
