"""Opening a bench: its instruments, each of which must identify itself as its driver."""

import logging
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..lab_address import LabAddress
from .adapters.voltmeters.sourced_meter import SourcedResistanceMeter, VoltmeterSection
from .bench import Bench
from .bench_file import BenchFile
from .clock import clock_of
from .connection import Connection, open_visa
from .electromagnet import Electromagnet
from .errors import BenchError
from .interrupts import Interrupts
from .registry import DRIVERS
from .roles import (
    CurrentSource,
    Magnet,
    Prober,
    PulseGenerator,
    ResistanceMeter,
    Switch,
    TemperatureController,
)
from .sections import (
    InstrumentSection,
    MagnetSection,
    ProberSection,
    PulseGeneratorSection,
    ResistanceMeterSection,
    SwitchSection,
    TemperatureControllerSection,
)
from .tracing import step

if TYPE_CHECKING:
    from .guard.owner import Owner

S = TypeVar("S")
T = TypeVar("T")

log = logging.getLogger(__name__)


def open_bench(bench_file: BenchFile) -> Bench:
    """Open every instrument of a bench file and confirm its identity; raises BenchError.

    Real instruments belong to this process until the bench is closed, and are guarded. If another
    one has them, nothing is touched. Instruments opened before a failure are made safe and closed.
    """
    clock = clock_of(open_visa(bench_file.visa_library).visalib)
    opening = step(
        "open bench", logging.INFO, bench=bench_file.name, visa_library=bench_file.visa_library
    )
    with Interrupts(), opening, ExitStack() as exits:
        owner = _own(bench_file)
        if owner is not None:
            exits.callback(owner.release)
        set_points: dict[str, float] = {}

        def report(address: str, value: float) -> None:
            set_points[address] = value
            if owner is not None:
                owner.report_set_point(address, value)

        connection = Connection(
            bench_file.visa_library,
            bench_file.limits,
            clock,
            exits,
            report=report,
            shared=owner is not None,
        )
        generator = _optional(open_pulse_generator, bench_file.pulse_generator, connection)
        meter = open_resistance_meter(bench_file.resistance_meter, connection)
        magnet = _optional(open_magnet, bench_file.magnet, connection)
        switch = _optional(open_switch, bench_file.switch, connection)
        controller = _optional(
            open_temperature_controller, bench_file.temperature_controller, connection
        )
        prober = _optional(open_prober, bench_file.prober, connection)
        close = exits.pop_all().close
    return Bench(
        bench_file,
        generator,
        magnet,
        meter,
        clock,
        switch=switch,
        temperature_controller=controller,
        prober=prober,
        owner=owner,
        set_points=set_points,
        lock_key=connection.lock_key,
        confirm_identities=partial(_confirm_identities, bench_file),
        close=close,
    )


def _confirm_identities(bench_file: BenchFile, replies: Mapping[str, str]) -> None:
    for name, (role, section) in bench_file.instruments().items():
        DRIVERS[role][section.driver].confirm(replies[name], section.address)


def _optional(open_: Callable[[S, Connection], T], section: S | None, to: Connection) -> T | None:
    return None if section is None else open_(section, to)


def _own(bench_file: BenchFile) -> "Owner | None":
    """Become the owner of a real bench; a virtual one lives and dies with its process."""
    if LabAddress.of_library(bench_file.visa_library) is not None:
        return None
    from .guard.owner import Owner  # a virtual bench does not wait for it

    return Owner(bench_file)


def open_pulse_generator(section: PulseGeneratorSection, connection: Connection) -> PulseGenerator:
    """Open a pulse generator; raises BenchError."""
    generator: PulseGenerator = _open("pulse_generator", section, connection)
    return generator


def open_resistance_meter(
    section: ResistanceMeterSection, connection: Connection
) -> ResistanceMeter:
    """Open a resistance meter, and the current source of a voltmeter; raises BenchError."""
    meter: Any = _open("resistance_meter", section, connection)
    if not isinstance(section, VoltmeterSection):
        resistance_meter: ResistanceMeter = meter
        return resistance_meter
    source: CurrentSource = _open("current_source", section.current_source, connection)
    return SourcedResistanceMeter(meter, source, connection.clock, connection.limits.read_voltage_V)


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


def open_prober(section: ProberSection, connection: Connection) -> Prober:
    """Open the prober of a wafer; raises BenchError."""
    prober: Prober = _open("prober", section, connection)
    return prober


def _open(role: str, section: InstrumentSection, connection: Connection) -> Any:
    """Open a section's instrument and confirm its identity.

    It is made safe again if opening the rest of the bench fails.
    """
    driver = DRIVERS[role][section.driver]
    instrument = driver.open(section, connection.to(section))
    with warnings.catch_warnings():  # another instrument may end its replies in another way
        warnings.filterwarnings("ignore", "read string doesn't end", UserWarning)
        identity = instrument.identity.strip()
    driver.confirm(identity, section.address)
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
