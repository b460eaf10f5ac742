"""Stop conditions of a run: each point is judged, marked if implausible, and may be the last.

A point outside the plausible window is marked. One alone may be a glitch; a row of them, or the
last point of a run, is a destroyed junction, a short or an open contact. A point that fulfils
`stop_if` is marked and stops the run at once.
"""

from collections.abc import Collection
from dataclasses import replace

from ...instruments import StopConditions
from ...storage import Point
from ..errors import ProtocolError

_NOT_NUMBERS = {"phase", "extra", "mark", "temperature_K"}  # the last is measured by few
QUANTITIES = tuple(name for name in Point.__dataclass_fields__ if name not in _NOT_NUMBERS)
"""The quantities of every point that a condition may name."""


class PointWatch:
    """Judges the points of one run of the protocol `name`, which also has `extra_quantities`.

    `reason` is why the run must stop after the latest point, None while it may go on. Raises
    ProtocolError if a condition names a quantity that no point of the run can have.
    """

    def __init__(
        self, conditions: StopConditions, name: str, extra_quantities: Collection[str] = ()
    ) -> None:
        self.reason: str | None = None
        self._smallest_ohm = conditions.minimum_resistance_ohm
        self._largest_ohm = conditions.maximum_resistance_ohm
        self._confirmed_by = conditions.confirmed_by
        self._condition = conditions.condition
        self._outside: list[str] = []  # the latest readings, as long as they are implausible
        self._plausible_ohm: float | None = None
        known = (*QUANTITIES, *extra_quantities)
        unknown = sorted((self._condition.quantities if self._condition else set()) - set(known))
        if unknown:
            raise ProtocolError(
                f"The stop condition {conditions.stop_if!r} names {', '.join(unknown)}, which "
                f"{name} does not measure; it has {', '.join(known)}."
            )

    def judge(self, point: Point) -> Point:
        """Return the point, marked if it is implausible or fulfils the condition."""
        outside, fulfilled = self._outside_window(point.resistance_ohm), self._fulfilled(point)
        if outside is None and fulfilled is None:
            return point
        marks = (mark for mark in (point.mark, outside, fulfilled) if mark)
        return replace(point, mark="; ".join(marks))

    def end(self) -> None:
        """Set the reason if the last reading of a complete run was implausible."""
        if self._outside:
            self.reason = self._implausible()

    def _outside_window(self, reading_ohm: float | None) -> str | None:
        if reading_ohm is None:
            return None
        smallest, largest = self._smallest_ohm, self._largest_ohm
        if smallest is not None and not reading_ohm >= smallest:
            mark = f"below {smallest:g} Ω"
        elif largest is not None and not reading_ohm <= largest:
            mark = f"above {largest:g} Ω"
        else:
            self._plausible_ohm = reading_ohm
            if self._outside:
                self._outside.clear()
            return None
        self._outside.append(f"{reading_ohm:.4g} Ω is {mark}")
        if len(self._outside) > self._confirmed_by:
            self.reason = self._implausible()
        return mark

    def _fulfilled(self, point: Point) -> str | None:
        condition = self._condition
        if condition is None or not condition.holds(lambda name: _quantity(point, name)):
            return None
        values = ", ".join(
            f"{name} = {_quantity(point, name)}" for name in sorted(condition.quantities)
        )
        self.reason = f"The stop condition {condition.text} was met: {values}."
        return condition.text

    def _implausible(self) -> str:
        count, latest = len(self._outside), self._outside[-1]
        times = "at the last reading" if count == 1 else f"at {count} readings in a row"
        if self._plausible_ohm is None:
            return (
                f"The resistance was never plausible: {latest}, {times}; check the contacts, the "
                "read current, and the window in [stop] of the bench file."
            )
        return (
            f"The resistance jumped from {self._plausible_ohm:.4g} Ω out of the plausible window "
            f"and stayed there, {times}: {latest}; the junction is destroyed, or a contact is "
            "open or shorted."
        )


def _quantity(point: Point, name: str) -> object:
    value = getattr(point, name, None)
    return point.extra.get(name) if value is None else value
