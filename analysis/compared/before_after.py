"""Two runs of one protocol: what changed from the first to the second, with 95 % intervals.

Levels are compared in their order if both runs have as many; else their number is what changed.
A difference whose interval holds zero is "not different" within that interval; without an interval
nothing is said. About one comparison in twenty differs by chance alone.
"""

from dataclasses import dataclass

from ...quantities import format_quantity
from ..errors import AnalysisError
from ..estimate import Estimate
from ..formatting import format_interval
from .quantities import Quantity, quantities_of
from .run import ComparedRun, difference_ci

SCALES = {"V": 1.0, "Ω": 1.0, "T": 1e3, "": 100.0}
UNITS = {"V": "V", "Ω": "Ω", "T": "mT", "": "%"}
CONDITIONS = ("pulse_width_s", "rise_s", "fall_s", "bias_field_T", "read_current_A")


@dataclass(frozen=True, slots=True)
class Change:
    """One quantity before and after, and the difference after − before."""

    before: Quantity
    after: Quantity
    difference: Estimate

    @property
    def name(self) -> str:
        return self.before.name

    @property
    def known(self) -> bool:
        """True if the difference has an interval."""
        return self.difference.high - self.difference.low < float("inf")

    @property
    def differs(self) -> bool:
        return self.known and 0.0 not in self.difference

    @property
    def verdict(self) -> str:
        """The change in words, "not different" only within an interval."""
        scale, unit = SCALES[self.before.unit], UNITS[self.before.unit]
        low, high = self.difference.low, self.difference.high
        text = f"{format_interval(self.difference.value, low, high, scale)} {unit}"
        if not self.known:
            return f"{text}: cannot be told; measure more cycles"
        if not self.differs:
            return f"{text}: not different within this interval"
        return f"{text}: {'higher' if self.difference.value > 0 else 'lower'}"


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The changes from one run to another, and remarks on what hampers the comparison."""

    before: ComparedRun
    after: ComparedRun
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]


def compare_before_after(before: ComparedRun, after: ComparedRun) -> BeforeAfter:
    """Return what changed; raises AnalysisError for runs that have nothing in common."""
    if before.protocol != after.protocol:
        raise AnalysisError(
            f"Run {before.run} is of {before.protocol}, run {after.run} of {after.protocol}: "
            "compare two runs of one protocol."
        )
    first, second = _measured(before), _measured(after)
    levels = [_levels(quantities) for quantities in (first, second)]
    if levels[0] != levels[1]:
        first, second = (
            tuple(each for each in side if each.kind == "Resistance window")
            for side in (first, second)
        )
    others = {each.name: each for each in second}
    changes = tuple(
        Change(each, others[each.name], _difference(each, others[each.name]))
        for each in first
        if each.name in others
    )
    if not changes:
        raise AnalysisError("The two runs have no level, switching voltage or loop in common.")
    return BeforeAfter(before, after, changes, tuple(_remarks(before, after, levels, changes)))


def _measured(run: ComparedRun) -> tuple[Quantity, ...]:
    try:
        return quantities_of(run)
    except AnalysisError as error:
        raise AnalysisError(f"Run {run.run}: {error}") from error


def _difference(before: Quantity, after: Quantity) -> Estimate:
    return difference_ci(after.estimate, before.estimate)


def _levels(quantities: tuple[Quantity, ...]) -> int:
    return sum(each.of.startswith("level ") for each in quantities)


def _remarks(
    before: ComparedRun, after: ComparedRun, levels: list[int], changes: tuple[Change, ...]
) -> list[str]:
    remarks = []
    if before.device != after.device:
        remarks.append(f"The runs are of two devices, {before.device} and {after.device}.")
    for name in CONDITIONS:
        values = before.parameters.get(name), after.parameters.get(name)
        if values[0] != values[1]:
            first, then = (_shown(name, value) for value in values)
            remarks.append(f"Measured differently: {name} was {first}, then {then}.")
    if levels[0] != levels[1]:
        remarks.append(
            f"{levels[0]} levels before and {levels[1]} after, so single levels are not compared: "
            "give their number with --levels if one of them is wrong."
        )
    known = sum(change.known for change in changes)
    if known > 1:
        remarks.append(
            f"Of {known} intervals of 95 %, about {max(1, round(known / 20))} would leave out zero "
            "by chance even if nothing had changed."
        )
    return remarks


def _shown(name: str, value: object) -> str:
    """Return a condition with its unit, as in 50 ns."""
    unit = name.rpartition("_")[2]
    return "not stated" if value is None else format_quantity(float(str(value)), unit)
