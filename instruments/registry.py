"""The supported instruments: one entry per driver, by the section of the bench file it fits.

An entry names the driver's section in the bench file, the instruments it drives, the function that
opens its adapter, and the plain messages that make the instrument safe. A new instrument is an
adapter and a line here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from .adapters import (
    keithley2400,
    keithley2450,
    keithley2600,
    keithley6221,
    lakeshore336,
    lakeshore425,
    lakeshore475,
    lakeshoref71,
    mpi_sentio,
)
from .adapters.lock_ins import sr830, sr860
from .adapters.pulses import keysight33250a, keysight33500, keysight81150a, keysight81160a
from .adapters.supplies import ami430, danfysik8500, kepco_bop, lakeshore643, yokogawags200
from .adapters.switches import keithley707b, keithley2750
from .adapters.voltmeters import (
    keithley2000,
    keithley2182a,
    keithley6221_source,
    voltage_gaussmeter,
)
from .connection import Connection
from .errors import BenchError
from .guard.plan import Step
from .limits import Limits
from .sections import InstrumentSection

S = TypeVar("S", bound=InstrumentSection)


@dataclass(frozen=True, slots=True)
class Driver:
    """A supported instrument; `open` takes its section and returns an adapter of the role.

    `identity` is a regular expression of manufacturer and model, the first two fields of the reply
    to `*IDN?`, as a whole and in capitals.
    """

    section: type[InstrumentSection]
    identity: str
    open: Callable[[Any, Connection], Any]
    safe_steps: Callable[[Any, Limits], tuple[Step, ...]] = lambda _section, _limits: ()

    @property
    def name(self) -> str:
        """The driver's name in a bench file."""
        (name,) = get_args(self.section.model_fields["driver"].annotation)
        return str(name)

    def identifies(self, reply: str) -> bool:
        """Return whether a reply to `*IDN?` is that of an instrument of this driver."""
        fields = [" ".join(field.upper().split()) for field in reply.split(",")[:2]]
        return re.fullmatch(self.identity, ",".join(fields)) is not None

    def confirm(self, reply: str, address: str) -> None:
        """Raise BenchError if a reply to `*IDN?` is not that of an instrument of this driver."""
        if not self.identifies(reply):
            raise BenchError(
                f"The instrument at {address} identifies itself as {reply!r}, which "
                f"is no {self.name}; correct driver or address in the bench file."
            )


def _driver(
    section: type[S],
    identity: str,
    open_: Callable[[S, Connection], Any],
    safe_steps: Callable[[S, Limits], tuple[Step, ...]],
) -> Driver:
    return Driver(section, identity, open_, safe_steps)


def _by_name(*drivers: Driver) -> Mapping[str, Driver]:
    return {driver.name: driver for driver in drivers}


_SOURCE_METERS = (
    _driver(
        keithley2400.Keithley2400Section,
        r"KEITHLEY.*,MODEL (2400(-LV|-C)?|2401|2410(-C)?)",  # up to 20 V and 1 A they are equal
        keithley2400.open_meter,
        keithley2400.safe_steps,
    ),
    _driver(
        keithley2450.Keithley2450Section,
        r"KEITHLEY.*,MODEL (2450|2460)",
        keithley2450.open_meter,
        keithley2450.safe_steps,
    ),
    _driver(
        keithley2600.Keithley2600Section,
        r"KEITHLEY.*,MODEL 26(0[124]|1[124]|3[456])[AB]",
        keithley2600.open_meter,
        keithley2600.safe_steps,
    ),
)

DRIVERS: dict[str, Mapping[str, Driver]] = {
    "pulse_generator": _by_name(
        _driver(
            keysight81160a.Keysight81160ASection,
            r"(AGILENT|KEYSIGHT) TECHNOLOGIES,81160A",
            keysight81160a.open_generator,
            keysight81160a.safe_steps,
        ),
        _driver(
            keysight81150a.Keysight81150ASection,
            r"(AGILENT|KEYSIGHT) TECHNOLOGIES,81150A",
            keysight81150a.open_generator,
            keysight81150a.safe_steps,
        ),
        _driver(
            keysight33250a.Keysight33250ASection,
            r"(AGILENT|KEYSIGHT) TECHNOLOGIES,33250A",
            keysight33250a.open_generator,
            keysight33250a.safe_steps,
        ),
        _driver(
            keysight33500.Keysight33500Section,
            r"(AGILENT|KEYSIGHT) TECHNOLOGIES,33(5[012]\d|6[12]\d)[AB]",
            keysight33500.open_generator,
            keysight33500.safe_steps,
        ),
    ),
    "magnet": _by_name(
        _driver(
            kepco_bop.KepcoBOP3612Section,
            r"KEPCO,.*\b36-12[A-Z]?\b.*",  # after the model of its card, before a date
            kepco_bop.open_supply,
            kepco_bop.safe_steps,
        ),
        _driver(
            lakeshore643.LakeShore643Section,
            r"(LSCI|LAKE SHORE.*),MODEL ?643",
            lakeshore643.open_supply,
            lakeshore643.safe_steps,
        ),
        _driver(
            ami430.AMI430Section,
            r"AMERICAN MAGNETICS.*,MODEL ?430",
            ami430.open_supply,
            ami430.safe_steps,
        ),
        _driver(
            danfysik8500.Danfysik8500Section,
            r"DANFYSIK,SYSTEM 8500",  # as the adapter has it: the supply has no *IDN?
            danfysik8500.open_supply,
            danfysik8500.safe_steps,
        ),
        _driver(
            yokogawags200.YokogawaGS200Section,
            r"YOKOGAWA,GS2[01]0",
            yokogawags200.open_supply,
            yokogawags200.safe_steps,
        ),
        _driver(
            kepco_bop.KepcoBOPSection,
            r"KEPCO,(BIT|BOP).*[ ,]\d+-\d+[A-Z]?\b.*",  # its rating is compared when it is opened
            kepco_bop.open_supply,
            kepco_bop.safe_steps,
        ),
    ),
    "gaussmeter": _by_name(
        Driver(
            lakeshore425.LakeShore425Section,
            r"(LSCI|LAKE SHORE.*),MODEL ?425",
            lakeshore425.open_gaussmeter,
        ),
        Driver(
            lakeshore475.LakeShore475Section,
            r"(LSCI|LAKE SHORE.*),MODEL ?4[57]5",
            lakeshore475.open_gaussmeter,
        ),
        Driver(
            lakeshoref71.LakeShoreF71Section,
            r"(LSCI|LAKE SHORE.*),(MODEL ?)?F[47]1",
            lakeshoref71.open_gaussmeter,
        ),
        Driver(
            voltage_gaussmeter.Keithley2000GaussmeterSection,
            r"KEITHLEY.*,MODEL 2000",
            voltage_gaussmeter.open_gaussmeter,
        ),
    ),
    "current_source": _by_name(
        *_SOURCE_METERS,
        _driver(
            keithley6221_source.Keithley6221SourceSection,
            r"KEITHLEY.*,MODEL 622[01]",
            keithley6221_source.open_source,
            keithley6221_source.safe_steps,
        ),
    ),
    "resistance_meter": _by_name(
        *_SOURCE_METERS,
        Driver(
            keithley2182a.Keithley2182ASection,
            r"KEITHLEY.*,MODEL 2182A?",
            keithley2182a.open_voltmeter,
        ),
        Driver(
            keithley2000.Keithley2000Section,
            r"KEITHLEY.*,MODEL 2000",
            keithley2000.open_voltmeter,
        ),
        _driver(
            keithley6221.Keithley6221Section,
            r"KEITHLEY.*,MODEL 622[01]",
            keithley6221.open_meter,
            keithley6221.safe_steps,
        ),
        _driver(
            sr830.SR830Section,
            r"STANFORD_RESEARCH_SYSTEMS,SR830",
            sr830.open_meter,
            sr830.safe_steps,
        ),
        _driver(
            sr860.SR860Section,
            r"STANFORD_RESEARCH_SYSTEMS,SR860",
            sr860.open_meter,
            sr860.safe_steps,
        ),
    ),
    "switch": _by_name(
        _driver(
            keithley2750.Keithley2750Section,
            r"KEITHLEY.*,MODEL (2700|2701|2750)",  # they differ in their slots
            keithley2750.open_switch,
            keithley2750.safe_steps,
        ),
        _driver(
            keithley707b.Keithley707BSection,
            r"KEITHLEY.*,MODEL 70[78]B",
            keithley707b.open_switch,
            keithley707b.safe_steps,
        ),
    ),
    "temperature_controller": _by_name(
        _driver(
            lakeshore336.LakeShore336Section,
            r"(LSCI|LAKE SHORE.*),MODEL ?(335|336|350)",
            lakeshore336.open_controller,
            lakeshore336.safe_steps,
        ),
    ),
    "prober": _by_name(
        _driver(
            mpi_sentio.MPISentioSection,
            r"MPI.*,SENTIO.*",
            mpi_sentio.open_prober,
            mpi_sentio.safe_steps,
        ),
    ),
}
