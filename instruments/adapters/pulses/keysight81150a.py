"""The Keysight 81150A as a pulse generator: the commands of the 81160A, with two output amplifiers.

Both have one user's guide. The high-bandwidth amplifier, up to 5 V into 50 Ω, is selected and read
back; it is the one whose levels are those of the 81160A. The timing starts from the instrument's
own shortest edge and width, which differ from the 81160A's.
"""

from collections.abc import Sequence
from typing import Literal

from pymeasure.instruments.keysight import Keysight81160A

from ...connection import Connection
from ...dialogue import Setting
from ...roles import PulseShape
from ...sections import PulseGeneratorSection
from . import keysight81160a
from .keysight81160a import Keysight81160APulseGenerator

HIGH_BANDWIDTH = "HIB"

safe_steps = keysight81160a.safe_steps


class Keysight81150ASection(PulseGeneratorSection):
    """A `[pulse_generator]` that is one channel of a Keysight 81150A."""

    driver: Literal["Keysight81150A"]
    channel: Literal[1, 2] = 1


class Keysight81150APulseGenerator(Keysight81160APulseGenerator):
    """One channel of the 81150A, with its high-bandwidth amplifier."""

    _name = "The pulse generator (81150A)"

    def _set_up_channel(self) -> None:
        super()._set_up_channel()
        self._driver.write(f":OUTP{self._number}:ROUT {HIGH_BANDWIDTH}")

    def _set_shortest(self) -> None:
        self._driver.write(f":FUNC{self._number}:PULS:TRAN MIN")
        self._driver.write(f":PULS:WIDT{self._number} MIN")

    def _timing(self, shape: PulseShape) -> Sequence[Setting]:
        route = Setting("amplifier", f":OUTP{self._number}:ROUT?", HIGH_BANDWIDTH)
        return (*super()._timing(shape), route)


def open_generator(
    section: Keysight81150ASection, bench: Connection
) -> Keysight81150APulseGenerator:
    """Open the pulse generator of a bench file."""
    driver = bench.open(Keysight81160A, section.address)
    return Keysight81150APulseGenerator(driver, section.channel, section.amplifier_gain)
