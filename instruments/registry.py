"""The supported instruments: one entry per driver, by the section of the bench file it fits.

An entry names the driver's section in the bench file, a text that occurs in the instrument's reply
to `*IDN?`, and the function that opens its adapter. A new instrument is an adapter and a line here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from .adapters import keithley2400, keithley2750, kepco_bop, keysight81160a, lakeshore425
from .connection import Connection
from .sections import InstrumentSection

S = TypeVar("S", bound=InstrumentSection)


@dataclass(frozen=True, slots=True)
class Driver:
    """A supported instrument; `open` takes its section and returns an adapter of the role."""

    section: type[InstrumentSection]
    identity: str
    open: Callable[[Any, Connection], Any]

    @property
    def name(self) -> str:
        """The driver's name in a bench file."""
        (name,) = get_args(self.section.model_fields["driver"].annotation)
        return str(name)


def _driver(section: type[S], identity: str, open_: Callable[[S, Connection], Any]) -> Driver:
    return Driver(section, identity, open_)


def _by_name(*drivers: Driver) -> Mapping[str, Driver]:
    return {driver.name: driver for driver in drivers}


DRIVERS: dict[str, Mapping[str, Driver]] = {
    "pulse_generator": _by_name(
        _driver(keysight81160a.Keysight81160ASection, "81160A", keysight81160a.open_generator),
    ),
    "magnet": _by_name(
        _driver(kepco_bop.KepcoBOP3612Section, "KEPCO", kepco_bop.open_supply),
    ),
    "gaussmeter": _by_name(
        _driver(lakeshore425.LakeShore425Section, "MODEL425", lakeshore425.open_gaussmeter),
    ),
    "resistance_meter": _by_name(
        _driver(keithley2400.Keithley2400Section, "MODEL 24", keithley2400.open_meter),
    ),
    "switch": _by_name(
        _driver(keithley2750.Keithley2750Section, "MODEL 2750", keithley2750.open_switch),
    ),
}
