"""Which keys of a step go together, and its protocol with all its parameters."""

from itertools import product
from typing import TYPE_CHECKING

from ...errors import DwmtjError
from ...instruments.stop_conditions import StopConditions
from ...protocols import ProtocolError
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.catalogue import make_protocol
from ...protocols.procedure import BenchProcedure
from ...protocols.read_series import ReadSeries
from ...protocols.running.stopping import PointWatch
from .conditions import parse_result_condition
from .faults import fault

if TYPE_CHECKING:
    from .file import SequenceStep, Value

KINDS = ("protocol", "calibrate", "wait", "until")
OF_A_KIND = {
    "protocol": ("parameters", "scan", "temperature", "stop_if", "model", "level", "retries"),
    "calibrate": ("levels",),
    "wait": (),
    "until": (),
}
_ANYWHERE = ("name", "when", "on_failure")
MOST_RUNS = 10_000  # of one step


def check_step(step: "SequenceStep") -> None:
    """Raise ValidationError about the first key at fault."""
    kinds = [kind for kind in KINDS if getattr(step, kind) is not None]
    if len(kinds) != 1:
        raise fault(
            kinds[1] if kinds else "name",
            f"needs one of {', '.join(KINDS)}, not {len(kinds) or 'none'} of them",
            "" if not kinds else getattr(step, kinds[1]),
        )
    allowed = {*_ANYWHERE, kinds[0], *OF_A_KIND[kinds[0]]}
    if kinds[0] == "protocol":
        allowed |= {"stop_when", "skip_device_when"}
    for key in type(step).model_fields:
        if key in step.model_fields_set and key not in allowed:
            raise fault(key, f"does not go with {kinds[0]}; leave it out", "")
    for key in ("when", "stop_when", "skip_device_when"):
        _check_condition(step, key)
    if step.protocol == WriteVerify.name:
        _check_writing(step)
    elif step.protocol is not None:
        for key in ("model", "level"):
            if getattr(step, key) is not None:
                raise fault(key, "is for write-verify; leave it out", "")
        _check_protocol(step)


def combinations(step: "SequenceStep") -> list[dict[str, "Value"]]:
    """Return the parameters of each run of a step; the last scanned one changes fastest."""
    chosen = product(*step.scan.values())
    return [{**step.parameters, **dict(zip(step.scan, values, strict=True))} for values in chosen]


def runs_of(step: "SequenceStep") -> list[tuple[float | None, dict[str, "Value"]]]:
    """Return temperature, in K, and parameters of each run; temperatures change most slowly."""
    return list(product(step.temperatures_K, combinations(step)))


def procedures(step: "SequenceStep") -> list[BenchProcedure]:
    """Return the protocol of each run of a step other than write-verify; raises ProtocolError."""
    assert step.protocol is not None, "it was checked"
    return [make_protocol(step.protocol, parameters) for parameters in combinations(step)]


def lacks_readings(step: "SequenceStep", quantity: str) -> str:
    """Return why no run of a step can determine a quantity for want of readings, else nothing."""
    if quantity != "read_noise" or step.protocol != ReadSeries.name:
        return ""
    from ...analysis.read_noise import MIN_READINGS  # pandas: slow to import

    series = [each for each in procedures(step) if isinstance(each, ReadSeries)]
    most = max(int(each.readings) for each in series)
    if most >= MIN_READINGS:
        return ""
    return f"takes {quantity} of {most} readings of {step.name}; measure at least {MIN_READINGS}"


def _check_protocol(step: "SequenceStep") -> None:
    runs = len(step.temperatures_K)
    for name, values in step.scan.items():
        if not values:
            raise fault(("scan", name), "has no values", "")
        runs *= len(values)
    if runs > MOST_RUNS:
        raise fault("scan", f"has {runs:,} runs, more than {MOST_RUNS:,}", "")
    assert step.protocol is not None, "it was checked"
    for key, what in (("protocol", {}), ("parameters", step.parameters)):
        if key == "parameters" and step.scan:
            continue  # alone they may not fit together
        try:
            make_protocol(step.protocol, what)
        except ProtocolError as error:
            raise fault(key, f"cannot be used: {error}".rstrip("."), "") from error
    try:
        first = procedures(step)[0]
    except ProtocolError as error:
        raise fault("scan", f"cannot be used: {error}".rstrip("."), "") from error
    if step.stop_if is not None:
        try:
            PointWatch(
                StopConditions().with_stop_if(step.stop_if), first.name, first.extra_quantities
            )
        except DwmtjError as error:
            raise fault("stop_if", f"cannot be used: {error}".rstrip("."), "") from error


def _check_writing(step: "SequenceStep") -> None:
    from ...writing.one_device import check_own  # SciPy: a second to import

    for key in ("model", "level"):
        if getattr(step, key) is None:
            raise fault("protocol", f"follows a state model to a level: add {key}", step.protocol)
    for key in ("scan", "stop_if"):
        if getattr(step, key):
            raise fault(key, "does not go with write-verify; leave it out", "")
    try:
        check_own({name: str(value) for name, value in step.parameters.items()})
    except ProtocolError as error:
        raise fault("parameters", f"cannot be used: {error}".rstrip("."), "") from error


def _check_condition(step: "SequenceStep", key: str) -> None:
    text = getattr(step, key)
    if not text:
        return
    try:
        found = parse_result_condition(text)
    except DwmtjError as error:
        raise fault(key, f"cannot be used: {error}".rstrip("."), "") from error
    own = sorted(quantity.name for quantity in found.quantities if not quantity.step)
    if key == "when" and own:
        raise fault(
            key,
            f"is decided before the step: name the step that measures {own[0]}, as in "
            f"cycling.{own[0]}",
            "",
        )
