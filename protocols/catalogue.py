"""All protocols by name, and the construction of one from text or numbers."""

import difflib
import math
from collections.abc import Mapping

from .errors import ProtocolError
from .field import MinorLoop, Saturate
from .procedure import BenchProcedure
from .pulsed import RepeatedRamp, Reset, StaircaseWrite, WriteResetCycling
from .read_array import ReadArray
from .read_series import ReadSeries

PROTOCOLS: Mapping[str, type[BenchProcedure]] = {
    protocol.name: protocol
    for protocol in (
        Saturate,
        MinorLoop,
        StaircaseWrite,
        Reset,
        WriteResetCycling,
        RepeatedRamp,
        ReadSeries,
        ReadArray,
    )
}
"""The class of each protocol, by the name under which its runs are stored."""


def make_protocol(name: str, parameters: Mapping[str, float | str] | None = None) -> BenchProcedure:
    """Return a protocol with its parameters set, the others at their defaults.

    A value is a number in SI units (V, s, T, A) or its text, with the unit or without: 3.5, "3.5"
    or "3.5 V". Raises ProtocolError for an unknown name, an unknown parameter, a value out of
    bounds, or values that do not fit together.
    """
    try:
        procedure = PROTOCOLS[name]()
    except KeyError:
        raise ProtocolError(
            f"There is no protocol {name!r}{_did_you_mean(name, PROTOCOLS)}; the protocols are "
            f"{', '.join(PROTOCOLS)}."
        ) from None
    declared = procedure.parameter_objects()
    for key, value in (parameters or {}).items():
        if key not in declared:
            raise ProtocolError(
                f"{name} has no parameter {key!r}{_did_you_mean(key, declared)}; "
                f"it has {', '.join(declared)}."
            )
        setattr(procedure, key, _converted(name, key, declared[key], value))
    procedure.validate()
    return procedure


def _converted(protocol: str, key: str, parameter: object, value: float | str) -> float | int:
    low, high = getattr(parameter, "minimum", -math.inf), getattr(parameter, "maximum", math.inf)
    whole = isinstance(low, int) and isinstance(getattr(parameter, "default", None), int)
    unit = getattr(parameter, "units", None) or ""
    text = str(value).strip().removesuffix(unit).strip() if unit else str(value).strip()
    try:
        number = float(text)
        fits = math.isfinite(number) and low <= number <= high
        fits = fits and (not whole or number == int(number))
    except ValueError:
        fits = False
    if not fits:
        kind = "a whole number" if whole else "a number"
        raise ProtocolError(
            f"{protocol}: {key} is {value!r}; it must be {kind} from {low:g} to {high:g}"
            f"{' ' + unit if unit else ''}."
        )
    return int(number) if whole else number


def _did_you_mean(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
