"""Stand-ins for the pulse generator and the magnet of a bench without one.

They drive nothing, so that they are safe; what a protocol would need from them is refused in one
sentence.
"""

from typing import NoReturn

from ..errors import BenchError
from ..roles import PulseShape


class _Absent:
    """What both have in common; `bench` is the name of the bench, for error messages."""

    identity = "none"

    def __init__(self, bench: str) -> None:
        self._bench = bench

    def check(self) -> None:
        """Do nothing."""

    def make_safe(self) -> None:
        """Do nothing."""


class NoPulseGenerator(_Absent):
    """The pulse generator of a bench without one: no pulse can be fired."""

    @property
    def minimum_amplitude_V(self) -> float:
        self._refuse()

    @property
    def maximum_amplitude_V(self) -> float:
        self._refuse()

    def arm(self, _shape: PulseShape, /) -> None:
        self._refuse()

    def fire(self, _amplitude_V: float, /) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise BenchError(
            f"The bench {self._bench} has no pulse generator, and this needs pulses: choose a "
            "protocol without any, such as iv, or add a section [pulse_generator] to its file."
        )


class NoMagnet(_Absent):
    """The magnet of a bench without one: no field can be set, and none is known."""

    gaussmeter_identity = "none"

    @property
    def maximum_field_T(self) -> float:
        self._refuse()

    def set_field(self, _field_T: float, /) -> float:
        self._refuse()

    def interrupt(self) -> None:
        """Do nothing: no field is under way."""

    def read_field(self) -> float:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise BenchError(
            f"The bench {self._bench} has no magnet, and this needs a field: set the fields of the "
            "protocol to 0, which leaves the field as it is, or add a section [magnet] to its file."
        )
