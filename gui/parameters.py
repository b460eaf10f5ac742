"""The parameters of a protocol as the form shows them: read, checked and foretold elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import DwmtjError
from ..instruments import BenchFile
from ..protocols.catalogue import PROTOCOLS, make_protocol
from ..protocols.declarations import Declaration, declarations
from ..protocols.dry_run import DryRun, check_against_limits, dry_run
from ..protocols.errors import ProtocolError
from ..quantities import format_quantity

Values = Mapping[str, float | int]

__all__ = [
    "Declaration",
    "DryRun",
    "Preview",
    "Values",
    "declared",
    "limit_text",
    "parse",
    "preview",
    "protocol_names",
    "quantity",
    "summary",
]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do, or why the bench refuses it, in one sentence."""

    dry_run: DryRun | None
    problem: str


def protocol_names() -> list[str]:
    """Return the names of all protocols."""
    return list(PROTOCOLS)


def protocol_help(name: str) -> str:
    """Return the summary of a protocol in one line."""
    return PROTOCOLS[name].summary


@cache
def declared(protocol: str) -> tuple[Declaration, ...]:
    """Return the parameters of a protocol in the order of the form."""
    return declarations(PROTOCOLS[protocol])


def parse(declaration: Declaration, text: str, limits: Mapping[str, float]) -> float | int:
    """Return the value of a field in SI units, within the limits of the bench.

    Raises ProtocolError with one sentence.
    """
    value = declaration.parse(text)
    limit = limits.get(declaration.limit or "")
    if limit is not None and abs(value) > limit:
        raise ProtocolError(
            f"This bench allows {quantity(limit, declaration.unit)} ([limits] {declaration.limit})."
        )
    return value


def limit_text(declaration: Declaration, limits: Mapping[str, float]) -> str:
    """Return what a field is for and what it may hold, in one line."""
    limit = limits.get(declaration.limit or "")
    bounds = f"{declaration.range}" if limit is None else ""
    if limit is not None:
        bounds = f"this bench allows up to {quantity(limit, declaration.unit)}"
    return " · ".join(filter(None, (declaration.help, bounds)))


def preview(protocol: str, values: Values, bench: BenchFile) -> Preview:
    """Return what a run with these values would do on a bench, or why it cannot be run there."""
    try:
        procedure = make_protocol(protocol, values)
        check_against_limits(procedure, bench)
        return Preview(dry_run(procedure, bench), "")
    except DwmtjError as error:
        return Preview(None, str(error))


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit and a true minus sign: "−4 mT"."""
    return format_quantity(value, unit).replace("-", "−")


def summary(protocol: str, values: Values) -> str:
    """Return the values that differ from the defaults, in one line."""
    parts: Sequence[str] = [
        f"{each.label} {each.show(values[each.name])}".replace("-", "−")
        for each in declared(protocol)
        if each.name in values and values[each.name] != each.default
    ]
    return ", ".join(parts) or "all at their defaults"
