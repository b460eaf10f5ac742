"""Scans: one protocol at every combination of several values of some of its parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ...quantities import format_quantity
from ..catalogue import make_protocol
from ..declarations import declarations
from ..errors import ProtocolError
from ..procedure import BenchProcedure

MOST_RUNS = 10_000


@dataclass(frozen=True, slots=True)
class ScannedRun:
    """One run of a scan, `number` (from 1) of `count`, with its values of the scanned parameters
    in SI units."""

    number: int
    count: int
    procedure: BenchProcedure
    values: Mapping[str, float]

    @property
    def label(self) -> str:
        """The values as text: "pulse_width_s = 50 ns"."""
        units = {each.name: each.unit for each in declarations(type(self.procedure))}
        return ", ".join(
            f"{name} = {format_quantity(value, units[name])}" for name, value in self.values.items()
        )

    @property
    def title(self) -> str:
        return f"run {self.number} of {self.count}: {self.label}"


def scanned_runs(
    protocol: str, parameters: Mapping[str, float | str], scans: Sequence[str]
) -> tuple[ScannedRun, ...]:
    """Return a run for each combination of the values in `scans`; the last one changes fastest.

    A scan is `NAME=v1,v2,…`; with semicolons between the values, commas are decimal marks.
    `parameters` holds for all runs. Raises ProtocolError for what no scan or no protocol is.
    """
    axes: dict[str, tuple[str, ...]] = {}
    for scan in scans:
        name, values = parse_scan(scan)
        if name in axes:
            raise ProtocolError(f"{name} is scanned twice; give all its values to one --scan.")
        axes[name] = values
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > MOST_RUNS:
        raise ProtocolError(f"The scan has {count:,} runs, more than {MOST_RUNS:,}: scan less.")
    runs: list[ScannedRun] = []
    for number, chosen in enumerate(product(*axes.values()), start=1):
        procedure = make_protocol(protocol, {**parameters, **dict(zip(axes, chosen, strict=True))})
        stored = procedure.parameter_values()
        runs.append(ScannedRun(number, count, procedure, {name: stored[name] for name in axes}))
    if len({tuple(run.values.values()) for run in runs}) < count:
        raise ProtocolError("The scan has a value twice: repeat runs by themselves.")
    return tuple(runs)


def parse_scan(scan: str, example: str = "pulse_width_s=20ns,50ns") -> tuple[str, tuple[str, ...]]:
    """Return name and values of `NAME=v1,v2,…` as they are written; raises ProtocolError."""
    name, equals, text = scan.partition("=")
    values = tuple(value.strip() for value in text.split(";" if ";" in text else ","))
    if not (name.strip() and equals and all(values)):
        raise ProtocolError(
            f"--scan {scan} cannot be read; write --scan NAME=v1,v2,…, such as --scan {example}."
        )
    with_unit = {value[-1].isalpha() for value in values}
    if len(with_unit) > 1:
        raise ProtocolError(
            f"--scan {scan}: some values have a unit and some have none; write it after each (and "
            "semicolons between values with decimal commas)."
        )
    return name.strip(), values
