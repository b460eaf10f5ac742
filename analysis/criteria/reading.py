"""From a [[criterion]] as it is written to a required range in SI units."""

import re
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ... import quantities
from ...quantities import QuantityError, parse_quantity, readable_unit, written_unit
from .catalogue import QUANTITIES, Quantity, canonical_name, nearest_names
from .criterion import Criterion

if TYPE_CHECKING:
    from .file import CriterionSection

_EXAMPLES = {
    "ohm": "93.3 Ω",
    "V": "3.5 V",
    "T": "4 mT",
    "s": "10 years",
    "S": "10 mS",
    "J": "5 pJ",
    "ohm m2": "60 Ω µm²",
    "ratio": "54 %",
    "": "0.3",
}
_KEYS = ("level", "phase", "cycles", "track_resistance")


def criterion_of(section: "CriterionSection") -> Criterion:
    """Return the criterion in SI units; raises ValidationError about the key at fault."""
    name = canonical_name(section.quantity)
    if name is None:
        raise _unknown(section.quantity)
    quantity = QUANTITIES[name]
    _check_keys(section, name, quantity)
    is_range = section.value is None
    minimum, maximum = _range(section, quantity) if is_range else _around(section, quantity)
    if quantity.whole:
        _check_whole(section)
    if minimum > maximum:
        raise fault("minimum", f"is above the maximum, {section.maximum}", section.minimum)
    if maximum < 0 and not quantity.signed:
        key, given = ("maximum", section.maximum) if is_range else ("value", section.value)
        raise fault(key, f"is below zero; {name!r} is a magnitude", given)
    track, level = section.track_resistance, section.level
    level_ohm = _level_ohm(level)
    return Criterion(
        name,
        minimum,
        maximum,
        required=_required(section),
        shown_unit=_shown_unit(section, quantity.unit),
        name=section.name,
        level=level if level_ohm is None else None,
        level_ohm=level_ohm,
        phase=section.phase,
        cycles=section.cycles,
        track_resistance_ohm=None if track is None else number("track_resistance", track, "ohm"),
        source=section.source,
        device=section.device,
        protocol=section.protocol,
    )


def number(key: str, given: Any, unit: str) -> float:
    """Return a number in SI units; a bare one only for a quantity without a unit.

    Raises ValidationError.
    """
    kind, example = quantities.QUANTITIES[unit], _EXAMPLES[unit]
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise fault(key, f"must be a {kind}, such as {example!r}", given)
    text = str(given)
    if unit and re.fullmatch(r"\s*[\d.,+−-][\d\s.,eE+−-]*", text):
        raise fault(key, f"has no unit; write it as in {example!r}", given)
    try:
        found = parse_quantity(text, unit)
    except QuantityError as error:
        why = str(error).lstrip(", ").removeprefix("and ")
        because = f": {why}" if why else ""
        raise fault(key, f"is no {kind}{because}; write it as in {example!r}", given) from error
    if not isfinite(found):
        raise fault(key, "is not finite", given)
    return found


def fault(key: str, message: str, given: object) -> ValidationError:
    """Return an error about a key of the section."""
    kind = PydanticCustomError(
        "criterion", "{message}", {"message": f"{_quoted(given)} {message}".strip()}
    )
    detail = InitErrorDetails(type=kind, loc=(key,), input=given)
    return ValidationError.from_exception_data("criterion", [detail])


def _check_keys(section: "CriterionSection", name: str, quantity: Quantity) -> None:
    if quantity.has_level and section.level is None:
        raise fault(
            "quantity",
            "is that of one level; add a level, such as level = 1 or level = '76 Ω'",
            name,
        )
    known = (*(["level"] if quantity.has_level else []), *quantity.optional)
    for key in _KEYS:
        given = getattr(section, key)
        if given is not None and key not in known:
            raise fault(key, f"is not a key of {name!r}; remove it", given)


def _level_ohm(level: Any) -> float | None:
    """Return the resistance that a level is given by, None where it is an index, or not given."""
    if level is None:
        return None
    if isinstance(level, int) and not isinstance(level, bool):
        if level < 0:
            raise fault("level", "is below 0, the level of the highest resistance", str(level))
        return None
    return number("level", level, "ohm")


def _check_whole(section: "CriterionSection") -> None:
    for key in ("value", "minimum", "maximum"):
        given = getattr(section, key)
        if given is not None and not number(key, given, "").is_integer():
            raise fault(key, "is no whole number; a number of levels is one", given)


def _range(section: "CriterionSection", quantity: Quantity) -> tuple[float, float]:
    if section.tolerance is not None:
        raise fault("tolerance", "belongs to a value; add the value", section.tolerance)
    if section.minimum is None and section.maximum is None:
        raise fault("quantity", "has no value, minimum or maximum; add one", section.quantity)
    return (
        -inf if section.minimum is None else number("minimum", section.minimum, quantity.unit),
        inf if section.maximum is None else number("maximum", section.maximum, quantity.unit),
    )


def _around(section: "CriterionSection", quantity: Quantity) -> tuple[float, float]:
    for key in ("minimum", "maximum"):
        if getattr(section, key) is not None:
            raise fault(key, "stands beside a value; leave one out", getattr(section, key))
    value = number("value", section.value, quantity.unit)
    if section.tolerance is None:
        if not quantity.whole:
            raise fault("value", "has no tolerance; add one", section.value)
        return value, value
    tolerance = _tolerance(section.tolerance, value, quantity.unit)
    return value - tolerance, value + tolerance


def _tolerance(given: Any, value: float, unit: str) -> float:
    """Return a tolerance, also one in % of the value; that of a ratio is in its own points."""
    is_share = unit != "ratio" and written_unit(str(given)) in ("%", "ppm")
    found = number("tolerance", given, "ratio" if is_share else unit)
    if found < 0:
        raise fault("tolerance", "is below zero; give its magnitude", given)
    return found * abs(value) if is_share else found


def _required(section: "CriterionSection") -> str:
    if section.value is not None:
        text = _joined(section.value, "±", section.tolerance)
    elif section.maximum is None:
        text = f"at least {section.minimum}"
    elif section.minimum is None:
        text = f"at most {section.maximum}"
    else:
        text = _joined(section.minimum, "to", section.maximum)
    return re.sub(r"-(?=\d)", "−", text)


def _joined(first: Any, word: str, second: Any) -> str:
    """Return "33 ± 1 Ω" for "33 Ω" and "1 Ω", with both units where they differ."""
    if second is None:
        return str(first)
    one, other = str(first).strip(), str(second).strip()
    unit = written_unit(one)
    if unit and unit == written_unit(other):
        one = one.removesuffix(unit).strip()
    return f"{one} {word} {other}"


def _shown_unit(section: "CriterionSection", unit: str) -> str:
    """Return the unit of the first end that is given, as it is written.

    A prefix alone is shown as the readable unit.
    """
    given = (section.value, section.minimum, section.maximum)
    text = str(next(one for one in given if one is not None))
    written = written_unit(text)
    if not unit or written not in quantities.PREFIXES:
        return written
    return readable_unit(parse_quantity(text, unit), unit)


def _unknown(quantity: str) -> ValidationError:
    near = nearest_names(quantity)
    meant = f"did you mean {' or '.join(near)}?" if near else f"choose {', '.join(QUANTITIES)}"
    return fault("quantity", f"is no quantity that runs are checked for; {meant}", quantity)


def _quoted(given: object) -> str:
    text = "" if given is None else str(given)
    return f"'{text[:60]}…'" if len(text) > 60 else f"{given!r}" if text else ""
