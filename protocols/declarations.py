"""The declared parameters of a protocol, for everybody who shows them or reads their values.

Derived from the PyMeasure parameters of the class. The first declaration of a name gives its
place, those of base classes come before: within a group, set values before times.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real

from pymeasure.experiment import BooleanParameter, FloatParameter, IntegerParameter, Parameter

from ..quantities import QuantityError, format_number, format_quantity, parse_quantity
from .errors import ProtocolError
from .procedure import BenchProcedure


class Group(StrEnum):
    """The part of a form in which a parameter stands, in order."""

    PULSES = "Pulses"
    FIELD = "Field"
    READING = "Reading"
    RUN = "Run"


_GROUP_OF_UNIT = {
    "V": Group.PULSES,
    "T": Group.FIELD,
    "A": Group.READING,
    "s": Group.READING,
    "": Group.RUN,
}
_OTHER_GROUP = {
    "pulse_width_s": Group.PULSES,
    "rise_s": Group.PULSES,
    "fall_s": Group.PULSES,
    "most_pulses": Group.PULSES,
    "pulses": Group.PULSES,
    "erase": Group.FIELD,
    "readings": Group.READING,
    "readings_per_decade": Group.READING,
}
_DISPLAY_UNIT = {"T": "mT", "A": "µA"}
LONGEST_SHOWN = 40  # characters of a text in an error
_LIMIT = {"V": "pulse_amplitude_V", "T": "field_T", "A": "read_current_A"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """One parameter of a protocol.

    `unit` is its SI unit, "" for none, in which `minimum`, `maximum` and `default` are;
    `display_unit` is the one to show it in. `limit` names the key of [limits] in the bench file
    that bounds its magnitude, if one does.
    """

    name: str
    label: str
    group: Group
    unit: str
    display_unit: str
    minimum: float
    maximum: float
    default: float
    whole: bool
    help: str
    limit: str | None

    def parse(
        self, text: str, *, bare_unit: str | None = None, subject: str | None = None
    ) -> float | int:
        """Return the value of a text in SI units; a bare number is in the display unit.

        `bare_unit` is another unit for bare numbers; `subject` is named in errors instead of the
        label. Raises ProtocolError with one sentence.
        """
        bare = self.display_unit if bare_unit is None else bare_unit
        shown = repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")
        try:
            value = parse_quantity(text, self.unit, bare)
        except QuantityError as error:
            raise self._refusal(subject, shown if text.strip() else "empty", str(error)) from None
        understood = format_quantity(value, self.unit)
        note = "" if text.strip() in (understood, f"{value:g}") else f" ({understood})"
        return self._bounded(value, subject, shown, note)

    def check(self, value: float, subject: str | None = None) -> float | int:
        """Return a number in SI units if it is within the bounds; raises ProtocolError."""
        return self._bounded(value, subject, repr(value))

    def show(self, value: float) -> str:
        """Return a value in the display unit, with the unit: "50 ns"."""
        return format_quantity(value, self.unit, self.display_unit)

    def show_number(self, value: float) -> str:
        """Return a value in the display unit without the unit: "50"."""
        return format_number(value, self.unit, self.display_unit)

    @property
    def range(self) -> str:
        """The bounds as text: "1.5 ns to 1 s"."""
        if self.whole:
            return f"{self.minimum:.0f} to {_whole(self.maximum)}"
        low, high = (format_quantity(bound, self.unit) for bound in (self.minimum, self.maximum))
        if low.partition(" ")[2] in ("", high.partition(" ")[2]) or self.minimum == 0:
            low = low.partition(" ")[0]
        return f"{low} to {high}"

    def _bounded(
        self, value: object, subject: str | None, shown: str, note: str = ""
    ) -> float | int:
        number = math.nan
        if not isinstance(value, bool) and isinstance(value, Real):
            number = float(value)
        if not self.minimum <= number <= self.maximum or (self.whole and not number.is_integer()):
            raise self._refusal(subject, shown, note)
        return int(number) if self.whole else number

    def _refusal(self, subject: str | None, shown: str, why: str) -> ProtocolError:
        kind = "a whole number" if self.whole else "a number"
        return ProtocolError(
            f"{subject or self.label} is {shown}{why}; it must be {kind} from {self.range}."
        )


def _whole(number: float) -> str:
    """Return a whole number as one reads it: "10⁹", "250"."""
    power = str(round(math.log10(number))) if number >= 1e6 else ""
    if power and number == 10 ** int(power):
        return "10" + power.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{number:.0f}"


def declarations(procedure: type[BenchProcedure]) -> tuple[Declaration, ...]:
    """Return the parameters of a protocol in the order in which to show them."""
    names = [
        name
        for cls in reversed(procedure.__mro__)
        for name, value in vars(cls).items()
        if isinstance(value, Parameter) and isinstance(getattr(procedure, name), Parameter)
    ]
    declared = [_declaration(name, getattr(procedure, name)) for name in dict.fromkeys(names)]
    groups = list(Group)
    return tuple(sorted(declared, key=lambda each: (groups.index(each.group), each.unit == "s")))


def _declaration(
    name: str, parameter: FloatParameter | IntegerParameter | BooleanParameter
) -> Declaration:
    unit = getattr(parameter, "units", None) or ""
    group = _OTHER_GROUP.get(name, _GROUP_OF_UNIT.get(unit, Group.RUN))
    is_step = "step" in name.split("_")
    display_unit = _DISPLAY_UNIT.get(unit, unit)
    if (unit, group) == ("s", Group.PULSES):
        display_unit = "ns"
    if unit == "V" and is_step:
        display_unit = "mV"
    limit = None if is_step else _LIMIT.get(unit)
    return Declaration(
        name=name,
        label=parameter.name,
        group=group,
        unit=unit,
        display_unit=display_unit,
        minimum=getattr(parameter, "minimum", 0),
        maximum=getattr(parameter, "maximum", 1),
        default=parameter.default,
        whole=not isinstance(parameter, FloatParameter),
        help=parameter.description or "",
        limit="pulse_width_s" if name == "pulse_width_s" else limit,
    )
