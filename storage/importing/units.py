"""Units of imported columns: their spellings, dimensions and factors to SI.

A unit is written as in `TARGETS`: plain letters, with u for µ and ohm for Ω.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

PREFIXES: Mapping[str, float] = {
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
}
_WORDS: Mapping[str, str] = {
    "volt": "V",
    "volts": "V",
    "amp": "A",
    "amps": "A",
    "ampere": "A",
    "amperes": "A",
    "ohms": "ohm",
    "siemens": "S",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "tesla": "T",
    "oersted": "Oe",
    "gauss": "G",
    "kelvin": "K",
    "celsius": "C",
    "degc": "C",
    "°c": "C",
    "mho": "S",
    "a/m": "A_per_m",
    "ka/m": "kA_per_m",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures, and value · factor + offset in SI units."""

    dimension: str
    factor: float
    offset: float = 0.0


def _family(dimension: str, base: str, prefixes: str) -> dict[str, Unit]:
    chosen = ["", *prefixes]
    return {f"{prefix}{base}": Unit(dimension, PREFIXES[prefix]) for prefix in chosen}


UNITS: Mapping[str, Unit] = {
    **_family("voltage", "V", "munk"),
    **_family("current", "A", "munp"),
    **_family("resistance", "ohm", "kMGT"),
    "milliohm": Unit("resistance", 1e-3),
    **_family("conductance", "S", "munp"),
    **_family("time", "s", "munp"),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    **_family("field", "T", "mu"),
    **{unit: Unit("field", one.factor * 1e-4) for unit, one in _family("", "Oe", "mk").items()},
    **{unit: Unit("field", one.factor * 1e-4) for unit, one in _family("", "G", "mk").items()},
    "A_per_m": Unit("field", 1.25663706127e-6),
    "kA_per_m": Unit("field", 1.25663706127e-3),
    "K": Unit("temperature", 1.0),
    "C": Unit("temperature", 1.0, 273.15),
}
_OHM = re.compile(r"^(k|K|M|G|T|m|kilo|mega|giga|milli)?[ -]?(?:ohms?|Ohms?|OHMS?|Ω)$")
_PREFIX_OF_OHM = {"kilo": "k", "mega": "M", "giga": "G", "milli": "m", "K": "k", None: ""}
_BRACKETED = re.compile(r"^(.*?)\s*[(\[{<]\s*([^()\[\]{}<>]+?)\s*[)\]}>]\s*$")
_SLASHED = re.compile(r"^(.+?)\s*/\s*([^\s/]+(?:/m)?)$")
_TRAILING = re.compile(r"^(.+?)(?:_|\s+in\s+|\s*,\s*|\s+)([^\s/_,]+)$")
_MULTIPLE = re.compile(
    r"^[x×*]?\s*(?:10\s*(?:\^|\*\*)\s*([+-]?\d+)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))[\s*·]*(.*)$"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


def plain_unit(text: str) -> str | None:
    """Return a unit as `UNITS` spells it, None if it is not known."""
    text = unicodedata.normalize("NFKC", text).strip().strip("()[]{}<>").strip()
    text = text.replace("μ", "u")
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    ohm = _OHM.match(text)
    if ohm:
        prefix = _PREFIX_OF_OHM.get(ohm[1], ohm[1])
        return "milliohm" if prefix == "m" else f"{prefix}ohm"
    return text if text in UNITS else None


def stated_unit(text: str) -> Unit | None:
    """Return the unit that a text states, also a multiple such as 10^3 Ω or 100 ns."""
    powers = re.sub(
        "([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda found: "^" + found[1].translate(_SUPERSCRIPTS), text
    )
    unit = plain_unit(powers)
    if unit is not None:
        return UNITS[unit]
    found = _MULTIPLE.match(powers.strip())
    unit = plain_unit(found[3]) if found else None
    if found is None or unit is None:
        return None
    multiple = 10.0 ** int(found[1]) if found[1] else float(found[2])
    return Unit(UNITS[unit].dimension, multiple * UNITS[unit].factor, UNITS[unit].offset)


def split_name(name: str) -> tuple[str, str | None]:
    """Return the bare name of a column and the text of its unit, as in "Field (kOe)" or "R/kΩ".

    A unit that is neither in brackets nor after a slash has at least two letters: V_S may be a
    voltage of the source.
    """
    for pattern in (_BRACKETED, _SLASHED, _TRAILING):
        found = pattern.match(name.strip())
        if found is None or stated_unit(found[2]) is None:
            continue
        if pattern is not _TRAILING or (len(found[2]) > 1 and found[2].casefold() != "min"):
            return found[1].strip(" _-,/"), found[2]
    return name.strip(), None


def other_measure(name: str) -> str | None:
    """Return what else a column is than a quantity in its unit, as its name says; None if nothing.

    Logarithms, amplitudes from peak to peak, decibels, ratios, and products with an area.
    """
    if _LOGARITHM.search(name):
        return "a logarithm"
    text = _last_unit(unicodedata.normalize("NFKC", name).strip())
    for pattern, measure in _OTHER_MEASURES.items():
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return f"in {text}, which is {measure}"
    return None


def _last_unit(name: str) -> str:
    """Return what stands at the end of a name where units do, known or not."""
    found = _IN_BRACKETS.search(name) or _LAST_WORD.search(name)
    return found[1] if found else ""


_LOGARITHM = re.compile(r"(?<![A-Za-z])(?:log|ln|lg)(?:_?10|_?e)?(?![A-Za-z])", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[{<]\s*([^()\[\]{}<>]+?)\s*[)\]}>]$")
_LAST_WORD = re.compile(r"[/_ ]\s*(\S+)$")
_OTHER_MEASURES: Mapping[str, str] = {
    r"[mμun]?v[ _-]?(?:pp|p-p|pk-pk|rms)": "no amplitude",
    r"dbm?v?": "a logarithm",
    r"%|percent|ppm": "a ratio",
    r"[kμum]?(?:ohms?|[ΩΩ]).*m.*2": "a product with an area",
    r".?a ?/ ?c?m\^?2|.?a ?c?m\^?-2": "a density",
}
