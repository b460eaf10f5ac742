"""Axes: the quantity, the unit that fits the numbers shown, and ticks at round numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of `size` base units, used where the largest number shown is at least `above`."""

    name: str
    size: float = 1.0
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in the base unit."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; `units` rise in size, the first is that of the data."""

    quantity: str
    units: Sequence[Unit]

    def unit(self, low: float, high: float) -> Unit:
        """Return the unit for a range of numbers."""
        largest = max(abs(low), abs(high))
        return [unit for unit in self.units if largest >= unit.above or not unit.above][-1]

    def label(self, low: float, high: float) -> str:
        """Return the label for a range of numbers: "Resistance (kΩ)"."""
        return self.label_in(self.unit(low, high))

    def label_in(self, unit: Unit) -> str:
        return f"{self.quantity} ({unit.name})" if unit.name else self.quantity

    def text(self, value: float, step: float = 0.0) -> str:
        """Return a value and its unit with up to four digits, or those that a step needs."""
        unit = self.unit(value, value)
        digits = 4
        if step and value:
            digits = max(4, 2 + floor(log10(abs(value))) - floor(log10(step)))
        number = number_text(value / unit.size, digits)
        if "." in number and "e" not in number:
            number = number.rstrip("0").rstrip(".")
        return f"{number} {unit.name}".rstrip()

    def ticks(self, low: float, high: float, most: int, *, log: bool) -> list[Tick]:
        """Return at most about `most` ticks within a range."""
        size = self.unit(low, high).size
        if log and low > 0:
            values = logarithmic_ticks(low / size, high / size, most)
            return [Tick(value * size, _significant(value)) for value in values]
        step = nice_step((high - low) / size, most)
        decimals = max(0, -floor(log10(step) + 1e-9))
        values = multiples(low / size, high / size, step)
        return [Tick(value * size, _fixed(value, decimals)) for value in values]


AMPLITUDE = Axis("Pulse amplitude", (Unit("V"),))
FIELD = Axis("Field", (Unit("mT"),))
RESISTANCE = Axis(
    "Resistance", (Unit("Ω"), Unit("kΩ", 1e3, 1e4), Unit("MΩ", 1e6, 1e7), Unit("GΩ", 1e9, 1e10))
)
R_SHORT = Axis("R", RESISTANCE.units)
TIME = Axis(
    "Time on the bench", (Unit("s"), Unit("min", 60.0, 600.0), Unit("h", 3600.0, 4 * 3600.0))
)
READINGS = Axis("Readings", (Unit(""),))


def number_text(value: float, digits: int = 4) -> str:
    """Return a number with its significant digits, a true minus and commas at thousands."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - floor(log10(abs(value))))
    if abs(value) >= 1e7 or decimals > 9:
        return f"{value:.{digits - 1}g}".replace("-", MINUS)
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def nice_step(span: float, most: int) -> float:
    """Return the least step of 1, 2 or 5 · 10^n that divides a span into at most `most` parts."""
    power = 10.0 ** floor(log10(span / most))
    return next(step * power for step in (1, 2, 5, 10, 20) if span / (step * power) <= most)


def multiples(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of a step within a range."""
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 100) + 1)]


def logarithmic_ticks(low: float, high: float, most: int) -> list[float]:
    """Return ticks for a logarithmic axis: powers of ten, with 2 and 5, or even steps."""
    decades = log10(high / low)
    if decades < 1:
        return [tick for tick in multiples(low, high, nice_step(high - low, most)) if tick > 0]
    first, last = floor(log10(low)), ceil(log10(high))
    every = ceil((last - first) / most)
    parts = (1, 2, 5) if 3 * decades <= most else (1,)
    ticks = [part * 10.0**n for n in range(first, last + 1, every) for part in parts]
    return [tick for tick in ticks if low <= tick <= high]


def _significant(value: float) -> str:
    text = f"{value:.10g}" if 1e-4 <= abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", MINUS)


def _fixed(value: float, decimals: int) -> str:
    if not round(value, decimals):
        return "0"
    text = f"{value:,.{decimals}f}" if abs(value) < 1e7 else f"{value:.4g}"
    return text.replace("-", MINUS)
