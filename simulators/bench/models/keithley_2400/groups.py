"""Command groups of the Keithley 2400, between its table and the source-meter core."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...errors import ScpiError
from ...scpi.commands import Command, setting
from ...scpi.values import (
    Boolean,
    Choice,
    Integer,
    Kind,
    Raw,
    Real,
    Text,
    choice,
    names,
)
from .converter import SourceMeasurement
from .quantity_commands import field
from .settings import (
    AUTO_DELAY_S,
    LARGEST_READINGS,
    PROTECTIONS_V,
    MeterSettings,
)
from .source_meter import SourceMeter

_ELEMENTS = choice("VOLTage", "CURRent", "RESistance", "TIME", "STATus")
_FUNCTIONS = choice("VOLTage", "CURRent", "RESistance")


def trigger_layer(header: str, name: str, outputs: Choice) -> Iterable[Command]:
    """Declare the commands that the arm and the trigger layer share."""

    def line(side: str) -> Command:
        key = f"{name}:{side}"
        return setting(
            f"{header}:{side}LINe",
            Integer(1, 4),
            lambda m: m.settings.lines[key],
            lambda m, value: m.settings.lines.__setitem__(key, value),
        )

    def set_count(meter: SourceMeter, count: int) -> None:
        settings = meter.settings
        counts = {"arm": settings.arm_count, "trigger": settings.trigger_count} | {name: count}
        settings.set_counts(**counts)

    yield setting(
        f"{header}:COUNt",
        Integer(1, LARGEST_READINGS, 1),
        lambda m: getattr(m.settings, f"{name}_count"),
        set_count,
    )
    yield field(f"{header}:OUTPut", outputs, f"{name}_output")
    yield line("I")
    yield line("O")


def shown(meter: SourceMeter, readings: Sequence[SourceMeasurement]) -> str:
    values = []
    for reading in readings:
        by_name = {
            "VOLT": reading.voltage,
            "CURR": reading.current,
            "RES": reading.resistance,
            "TIME": reading.time,
            "STAT": reading.status,
        }
        values += [f"{by_name[name]:+.6E}" for name in meter.settings.elements]
    return ",".join(values)


def set_elements(meter: SourceMeter, *words: str) -> None:
    chosen = {_ELEMENTS.parse(word) for word in words}
    meter.settings.elements = tuple(n for n in MeterSettings().elements if n in chosen)


def _function(text: str) -> str:
    return _FUNCTIONS.parse(text.split(":")[0])


def functions_on(header: str) -> Command:
    """Declare the list of measured functions, quoted: `:SENS:FUNC 'VOLT','CURR'`."""

    def put(meter: SourceMeter, *quoted: str) -> None:
        chosen = tuple(_function(Text().parse(text)) for text in quoted)
        kept = meter.settings.functions if meter.settings.concurrent else ()
        meter.settings.functions = kept + tuple(f for f in chosen if f not in kept)

    return Command(header, function_names, put, command_parameters=(Raw(),) * 3, command_optional=2)


def disable_functions(meter: SourceMeter, *quoted: str) -> None:
    off = {_function(Text().parse(text)) for text in quoted}
    meter.settings.functions = tuple(f for f in meter.settings.functions if f not in off)


def set_functions(*functions: str) -> Callable[[SourceMeter], None]:
    def put(meter: SourceMeter) -> None:
        meter.settings.functions = functions

    return put


def function_names(meter: SourceMeter) -> str:
    names = {"VOLT": "VOLT:DC", "CURR": "CURR:DC", "RES": "RES"}
    return ",".join(f'"{names[function]}"' for function in meter.settings.functions)


def measure(function: str) -> Callable[[SourceMeter], str]:
    def measure(meter: SourceMeter) -> str:
        if function:
            meter.configure(function)
        return shown(meter, meter.read())

    return measure


def delay_s(meter: SourceMeter) -> float:
    """Return the delay in force: the automatic one, or the one that was set."""
    settings = meter.settings
    return AUTO_DELAY_S if settings.source_delay_auto else settings.source_delay_s


def set_delay(meter: SourceMeter, delay_s: float) -> None:
    meter.settings.source_delay_s, meter.settings.source_delay_auto = delay_s, False


def protect_source(meter: SourceMeter, text: str) -> None:
    """Limit the source to the nearest protection level not below a voltage."""
    largest_V = PROTECTIONS_V[-1]
    wanted_V = largest_V if names("NONE", text) else Real("V", -largest_V, largest_V).parse(text)
    levels_V = (level_V for level_V in PROTECTIONS_V if abs(wanted_V) <= level_V)
    meter.settings.source_protection_V = next(levels_V)
    meter.apply()


def set_line_frequency(meter: SourceMeter, frequency_Hz: int) -> None:
    meter.line_frequency_Hz, meter.line_frequency_auto = frequency_Hz, False


def find_line_frequency(meter: SourceMeter, on: bool) -> None:
    meter.line_frequency_auto = on
    if on:
        meter.line_frequency_Hz = 50


def set_autozero(meter: SourceMeter, word: str) -> None:
    if word.upper() != "ONCE":
        meter.settings.autozero = Boolean().parse(word)


def set_source(meter: SourceMeter, source: str) -> None:
    if source != meter.settings.source and meter.output:
        meter.switch(False)
    meter.settings.source = source


def attribute(header: str, kind: Kind[Any], name: str) -> Command:
    """Declare a setting that *RST leaves alone."""

    def put(meter: SourceMeter, value: Any) -> None:
        setattr(meter, name, value)

    return setting(header, kind, lambda meter: getattr(meter, name), put)


def feed(meter: SourceMeter, word: str) -> None:
    meter.trace_feeding = word == "NEXT"


def preset_status(meter: SourceMeter) -> None:
    meter.measurement_enable = 0


def take_measurement_event(meter: SourceMeter) -> int:
    value, meter.measurement_event = meter.measurement_event, 0
    return value


def trace_data(meter: SourceMeter) -> str:
    if not meter.trace:
        raise ScpiError(-230, "Data corrupt or stale")
    return shown(meter, meter.trace)
