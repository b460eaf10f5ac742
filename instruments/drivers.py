"""Opening the instruments of a bench file; each must identify itself as its driver."""

import logging
from collections.abc import Callable
from typing import Any

from .bench_file import BenchFile
from .connection import Connection
from .electromagnet import Electromagnet
from .errors import BenchError
from .registry import DRIVERS
from .roles import Magnet, PulseGenerator, ResistanceMeter, Switch, TemperatureController
from .sections import (
    InstrumentSection,
    MagnetSection,
    PulseGeneratorSection,
    ResistanceMeterSection,
    SwitchSection,
    TemperatureControllerSection,
)

log = logging.getLogger(__name__)


def open_pulse_generator(section: PulseGeneratorSection, connection: Connection) -> PulseGenerator:
    """Open a pulse generator; raises BenchError."""
    generator: PulseGenerator = _open("pulse_generator", section, connection)
    return generator


def open_resistance_meter(
    section: ResistanceMeterSection, connection: Connection
) -> ResistanceMeter:
    """Open a resistance meter; raises BenchError."""
    meter: ResistanceMeter = _open("resistance_meter", section, connection)
    return meter


def open_magnet(section: MagnetSection, connection: Connection) -> Magnet:
    """Open the supply and, if there is one, the gaussmeter of a magnet; raises BenchError."""
    supply = _open("magnet", section, connection)
    gaussmeter: Any = None
    if section.gaussmeter is not None:
        gaussmeter = _open("gaussmeter", section.gaussmeter, connection)
    return Electromagnet(
        supply,
        gaussmeter,
        connection.clock,
        coil_T_per_A=section.coil_T_per_A,
        tolerance_T=section.tolerance_T,
        largest_trim_T=section.largest_trim_T,
        largest_field_T=connection.limits.field_T,
    )


def open_switch(section: SwitchSection, connection: Connection) -> Switch:
    """Open the switch of an array; raises BenchError."""
    switch: Switch = _open("switch", section, connection)
    return switch


def open_temperature_controller(
    section: TemperatureControllerSection, connection: Connection
) -> TemperatureController:
    """Open a temperature controller; raises BenchError."""
    controller: TemperatureController = _open("temperature_controller", section, connection)
    return controller


def _open(role: str, section: InstrumentSection, connection: Connection) -> Any:
    """Open a section's instrument and confirm its identity.

    It is made safe again if opening the rest of the bench fails.
    """
    driver = DRIVERS[role][section.driver]
    instrument = driver.open(section, connection.to(section))
    identity = instrument.identity.strip()
    if not driver.identifies(identity):
        raise BenchError(
            f"The instrument at {section.address} identifies itself as {identity!r}, which "
            f"is no {section.driver}; correct driver or address in the bench file."
        )
    log.info("%s at %s: %s", section.driver, section.address, identity)
    connection.exits.push(_safe_if_failing(instrument.make_safe))
    return instrument


def _safe_if_failing(make_safe: Callable[[], None]) -> Callable[..., None]:
    """Return an exit for an ExitStack that makes an instrument safe if opening the rest failed."""

    def leave(_: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            try:
                make_safe()
            except BenchError as problem:
                error.add_note(str(problem))

    return leave


def describe(bench_file: BenchFile) -> dict[str, str]:
    """Return name → "driver at address" for every instrument of a bench file."""
    return {
        name: f"{section.driver} at {section.address}"
        for name, (_, section) in bench_file.instruments().items()
    }
