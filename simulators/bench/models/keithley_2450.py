"""Keithley 2450 source-meter in its own SCPI command set, over the core of the 2400.

Ranges, resolution and noise are those of the 2400, of which the two more sensitive current ranges
of the 2450 are missing. Readings go into no buffer: `:READ?` returns the elements that are asked
for. `*LANG?` is always SCPI.
"""

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, query, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Raw, Real, Text, choice
from .keithley_2400 import groups
from .keithley_2400.quantity_commands import field
from .keithley_2400.source_meter import SourceMeter

_ELEMENTS = choice("SOURce", "READing", "RELative", "SOURSTATus")
_FUNCTIONS = choice("VOLTage", "CURRent")
_LIMIT, _SENSE, _OUTPUT, _READBACK = 32, 64, 128, 8  # of the source status
_VOLTS, _AMPS = Real("V", -210.0, 210.0, 0.0), Real("A", -1.05, 1.05, 0.0)


def _set_function(meter: SourceMeter, quoted: str) -> None:
    name = Text().parse(quoted).partition(":")[0]
    meter.settings.functions = (_FUNCTIONS.parse(name),)


def _set_limit(meter: SourceMeter, limit_V: float) -> None:
    meter.settings.voltage.protection = limit_V
    meter.apply()


def _set_level(meter: SourceMeter, level_A: float) -> None:
    meter.settings.current.set_level(level_A)
    meter.apply()


def _set_source_range(meter: SourceMeter, range_A: float) -> None:
    meter.settings.current.set_source_range(range_A)
    meter.apply()


def _set_source_auto(meter: SourceMeter, auto: bool) -> None:
    meter.settings.current.source_auto = auto


def _set_range_auto(meter: SourceMeter, auto: bool) -> None:
    meter.settings.voltage.auto = auto


def _set_range(meter: SourceMeter, range_V: float) -> None:
    meter.settings.voltage.set_range(range_V)
    meter.apply()


def _read(meter: SourceMeter, buffer: str = '"defbuffer1"', *elements: str) -> str:
    """Take a reading and return the elements asked for, the reading alone if none are."""
    if Text().parse(buffer) not in ("defbuffer1", "defbuffer2"):
        raise ScpiError(-222, "Parameter data out of range", buffer)
    names = [_ELEMENTS.parse(element) for element in elements] or ["READ"]
    (reading,) = meter.read()
    settings = meter.settings
    volts_measured = settings.functions == ("VOLT",)
    values = {
        "READ": reading.voltage if volts_measured else reading.current,
        "SOUR": reading.current if settings.sources_current else reading.voltage,
        "REL": reading.time,
        "SOURSTAT": _OUTPUT
        + _READBACK
        + (_SENSE if settings.four_wire else 0)
        + (_LIMIT if meter.is_tripped("VOLT" if settings.sources_current else "CURR") else 0),
    }
    return ",".join(
        f"{values[name]:d}" if name == "SOURSTAT" else f"{values[name]:.6E}" for name in names
    )


_CURRENT = "SOURce#:CURRent"
_SENSE_VOLTS = "[:SENSe#]:VOLTage[:DC]"

COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        query("*LANG", Raw(), lambda _: "SCPI"),
        setting("OUTPut#[:STATe]", Boolean(), lambda m: m.output, SourceMeter.switch),
        setting(
            "ROUTe:TERMinals",
            choice("FRONt", "REAR"),
            lambda m: m.settings.terminals,
            SourceMeter.select_terminals,
        ),
        setting(
            "SOURce#:FUNCtion[:MODE]", _FUNCTIONS, lambda m: m.settings.source, groups.set_source
        ),
        Command(
            "[:SENSe#]:FUNCtion[:ON]",
            groups.function_names,
            _set_function,
            command_parameters=(Raw(),),
        ),
        setting(
            f"{_CURRENT}[:LEVel][:IMMediate][:AMPLitude]",
            _AMPS,
            lambda m: m.settings.current.level,
            _set_level,
        ),
        setting(
            f"{_CURRENT}:RANGe", _AMPS, lambda m: m.settings.current.source_range, _set_source_range
        ),
        setting(
            f"{_CURRENT}:RANGe:AUTO",
            Boolean(),
            lambda m: m.settings.current.source_auto,
            _set_source_auto,
        ),
        setting(
            f"{_CURRENT}:VLIMit[:LEVel]",
            Real("V", 0.02, 210.0, 21.0),
            lambda m: m.settings.voltage.protection,
            _set_limit,
        ),
        query(f"{_CURRENT}:VLIMit[:LEVel]:TRIPped", Boolean(), lambda m: m.is_tripped("VOLT")),
        setting(f"{_CURRENT}:READ:BACK", Boolean(), lambda _: True, lambda _m, _on: None),
        setting(
            f"{_SENSE_VOLTS}:RANGe:AUTO",
            Boolean(),
            lambda m: m.settings.voltage.auto,
            _set_range_auto,
        ),
        setting(
            f"{_SENSE_VOLTS}:RANGe[:UPPer]", _VOLTS, lambda m: m.settings.voltage.range, _set_range
        ),
        field(f"{_SENSE_VOLTS}:NPLCycles", Real("", 0.01, 10.0, 1.0), "nplc"),
        field(f"{_SENSE_VOLTS}:RSENse", Boolean(), "four_wire"),
        Command("READ", _read, query_parameters=(Raw(),) * 5, query_optional=5),
        Command("MEASure", _read, query_parameters=(Raw(),) * 5, query_optional=5),
    )
)


def _build(circuit: Circuit) -> SourceMeter:
    return SourceMeter(circuit, circuit.random_for("2450"))


MODEL = Model(
    name="2450",
    identity="KEITHLEY INSTRUMENTS,MODEL 2450,04096331,1.7.12b",
    commands=COMMANDS,
    build=_build,
    no_error='0,"No error;0;0 0"',
)
