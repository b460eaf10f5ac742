"""All protocols by name, and the construction of one from text or numbers."""

import difflib
from collections.abc import Mapping
from threading import Lock

from .adaptive.threshold import AdaptiveThreshold
from .current_sweep import CurrentSweep
from .declarations import declarations
from .endurance import Endurance
from .errors import ProtocolError
from .field import MajorLoop, MinorLoop, Saturate
from .procedure import BenchProcedure
from .pulse_train import PulseTrain, SwitchingProbability
from .pulsed import RepeatedRamp, Reset, StaircaseWrite, WriteResetCycling
from .read_array import ReadArray
from .read_series import ReadSeries
from .retention import Retention

PROTOCOLS: Mapping[str, type[BenchProcedure]] = {
    protocol.name: protocol
    for protocol in (
        Saturate,
        MinorLoop,
        MajorLoop,
        StaircaseWrite,
        Reset,
        WriteResetCycling,
        RepeatedRamp,
        PulseTrain,
        SwitchingProbability,
        AdaptiveThreshold,
        Endurance,
        ReadSeries,
        Retention,
        CurrentSweep,
        ReadArray,
    )
}
"""The class of each protocol, by the name under which its runs are stored."""


_MAKING = Lock()  # PyMeasure loads its units at the first procedure, in whatever thread


def make_protocol(name: str, parameters: Mapping[str, float | str] | None = None) -> BenchProcedure:
    """Return a protocol with its parameters set, the others at their defaults.

    A value is a number in SI units (V, s, T, A) or a text, see `quantities`: 5e-8, "5e-8",
    "50 ns" or "50n". Raises ProtocolError for an unknown name, an unknown parameter, a value out of
    bounds, or values that do not fit together.
    """
    try:
        with _MAKING:
            procedure = PROTOCOLS[name]()
    except KeyError:
        raise ProtocolError(
            f"There is no protocol {name!r}{_did_you_mean(name, PROTOCOLS)}; the protocols are "
            f"{', '.join(PROTOCOLS)}."
        ) from None
    set_parameters(procedure, parameters or {})
    return procedure


def set_parameters(procedure: BenchProcedure, parameters: Mapping[str, float | str]) -> None:
    """Set parameters, numbers or texts as in `make_protocol`, and check them all together."""
    name, declared = procedure.name, {each.name: each for each in declarations(type(procedure))}
    for key, value in parameters.items():
        if key not in declared:
            raise ProtocolError(
                f"{name} has no parameter {key!r}{_did_you_mean(key, declared)}; "
                f"it has {', '.join(declared)}."
            )
        declaration, subject = declared[key], f"{name}: {key}"
        if isinstance(value, str):
            accepted = declaration.parse(value, bare_unit=declaration.unit, subject=subject)
        else:
            accepted = declaration.check(value, subject)
        setattr(procedure, key, accepted)
    procedure.validate()


def _did_you_mean(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
