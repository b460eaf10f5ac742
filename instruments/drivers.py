"""Opens the drivers a bench file names, checks that each address holds what the file says."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pyvisa
from pymeasure.instruments.keithley import Keithley2400, Keithley2750
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.instruments.lakeshore import LakeShore425

from .adapters import keithley2400, keithley2750, kepco_bop, kepco_lakeshore, keysight81160a
from .adapters.keithley2400 import Keithley2400ResistanceMeter
from .adapters.keithley2750 import Keithley2750Switch
from .adapters.kepco_bop import KepcoCoilSupply
from .adapters.kepco_lakeshore import KepcoLakeShoreMagnet
from .adapters.keysight81160a import Keysight81160APulseGenerator
from .bench_file import (
    BenchFile,
    MagnetSection,
    PulseGeneratorSection,
    ResistanceMeterSection,
    SwitchSection,
)
from .channel_list import channels_of
from .clock import Clock
from .errors import BenchError
from .limits import Limits


def open_pulse_generator(
    section: PulseGeneratorSection, visa_library: str, opened: ExitStack
) -> Keysight81160APulseGenerator:
    """Open the pulse generator of a bench file, to be closed by `opened`; raises BenchError."""
    driver = _open(Keysight81160A, section.address, visa_library, opened)
    generator = Keysight81160APulseGenerator(driver, section.channel, section.amplifier_gain)
    _confirm(generator.identity, keysight81160a.EXPECTED_IDENTITY, section.driver, section.address)
    opened.push(_safe_if_failing(generator.make_safe))
    return generator


def open_resistance_meter(
    section: ResistanceMeterSection, limits: Limits, visa_library: str, opened: ExitStack
) -> Keithley2400ResistanceMeter:
    """Open the resistance meter of a bench file, to be closed by `opened`; raises BenchError."""
    driver = _open(Keithley2400, section.address, visa_library, opened)
    meter = Keithley2400ResistanceMeter(
        driver, section.nplc, limits.read_voltage_V, section.four_wire
    )
    _confirm(meter.identity, keithley2400.EXPECTED_IDENTITY, section.driver, section.address)
    opened.push(_safe_if_failing(meter.make_safe))
    return meter


def open_magnet(
    section: MagnetSection,
    limits: Limits,
    clock: Clock,
    visa_library: str,
    opened: ExitStack,
) -> KepcoLakeShoreMagnet:
    """Open supply and gaussmeter of a bench file, to be closed by `opened`; raises BenchError."""
    driver = _open(KepcoBOP3612, section.address, visa_library, opened)
    supply = KepcoCoilSupply(
        driver,
        clock,
        rate_A_per_s=abs(limits.field_rate_T_per_s / section.coil_T_per_A),
        compliance_V=section.compliance_V,
    )
    _confirm(supply.identity, kepco_bop.EXPECTED_IDENTITY, section.driver, section.address)
    opened.push(_safe_if_failing(supply.make_safe))
    gaussmeter = _open(LakeShore425, section.gaussmeter.address, visa_library, opened)
    magnet = KepcoLakeShoreMagnet(
        supply,
        gaussmeter,
        clock,
        coil_T_per_A=section.coil_T_per_A,
        tolerance_T=section.tolerance_T,
        largest_trim_T=section.largest_trim_T,
        largest_field_T=limits.field_T,
    )
    _confirm(
        magnet.gaussmeter_identity,
        kepco_lakeshore.EXPECTED_GAUSSMETER_IDENTITY,
        section.gaussmeter.driver,
        section.gaussmeter.address,
    )
    return magnet


def open_switch(section: SwitchSection, visa_library: str, opened: ExitStack) -> Keithley2750Switch:
    """Open the switch of a bench file, to be closed by `opened`; raises BenchError."""
    driver = _open(Keithley2750, section.address, visa_library, opened)
    rows, columns = channels_of(section.row_channels), channels_of(section.column_channels)
    assert rows is not None and columns is not None, "the bench file has been validated"
    if both := set(rows) & set(columns):
        raise BenchError(
            f"Channel {min(both)} of the switch cannot select a row and a column; correct "
            "row_channels or column_channels in the bench file."
        )
    switch = Keithley2750Switch(driver, rows, columns)
    _confirm(switch.identity, keithley2750.EXPECTED_IDENTITY, section.driver, section.address)
    return switch


def open_visa(visa_library: str) -> pyvisa.ResourceManager:
    """Open the VISA library of a bench file; raises BenchError if there is none."""
    try:
        return pyvisa.ResourceManager(visa_library)
    except Exception as error:  # a back end may raise anything; here it all means the same
        told = str(error).strip().splitlines()[0].rstrip(".")
        remedy = "" if "@" in visa_library else ', or install NI-VISA or pyvisa-py ("@py")'
        raise BenchError(
            f"The VISA library {visa_library!r} cannot be opened ({told}); correct visa_library in "
            f'the bench file ("@dwmtj" is the virtual bench){remedy}.'
        ) from error


def _open(driver: Callable[..., Any], address: str, visa_library: str, opened: ExitStack) -> Any:
    try:
        instrument = driver(address, visa_library=visa_library)
    except (OSError, ValueError, pyvisa.errors.Error) as error:
        told = str(error).strip().splitlines()[0].rstrip(".")
        raise BenchError(
            f"Nothing answers at {address} ({told}); check cable, power and the address in the "
            "bench file."
        ) from error
    opened.callback(instrument.adapter.close)
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


def _confirm(identity: str, expected: str, driver: str, address: str) -> None:
    if expected.lower() not in identity.lower():
        raise BenchError(
            f"The instrument at {address} says it is {identity.strip()!r}, which is no {driver}; "
            "correct driver or address in the bench file."
        )


def describe(bench_file: BenchFile) -> dict[str, str]:
    """Return role → "driver at address" for every instrument of a bench file."""
    magnet, switch = bench_file.magnet, bench_file.switch
    return {
        "pulse generator": _at(bench_file.pulse_generator),
        "magnet supply": _at(magnet),
        "gaussmeter": f"{magnet.gaussmeter.driver} at {magnet.gaussmeter.address}",
        "resistance meter": _at(bench_file.resistance_meter),
        **({} if switch is None else {"switch": _at(switch)}),
    }


def _at(
    section: PulseGeneratorSection | MagnetSection | ResistanceMeterSection | SwitchSection,
) -> str:
    return f"{section.driver} at {section.address}"
