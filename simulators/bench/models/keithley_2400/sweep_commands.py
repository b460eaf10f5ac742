"""The sweep commands of the Keithley 2400, between its table and the sweeps of the core."""

from collections.abc import Callable, Iterable
from typing import Any

from ...scpi.commands import Command, event, query, setting
from ...scpi.values import Integer, Kind, Real, choice
from .settings import MeterSettings, Quantity
from .source_meter import SourceMeter
from .sweeps import LARGEST_POINTS, Sweep

_LONGEST_LIST = 100  # values in one message


def spacing_commands() -> Iterable[Command]:
    """Declare how staircases are divided."""

    def shared(header: str, kind: Kind[Any], name: str) -> Command:
        return setting(
            f"SOURce#:SWEep:{header}",
            kind,
            lambda m: getattr(m.settings.spacing, name),
            lambda m, value: setattr(m.settings.spacing, name, value),
        )

    yield shared("SPACing", choice("LINear", "LOGarithmic"), "scale")
    yield shared("POINts", Integer(2, LARGEST_POINTS, LARGEST_POINTS), "points")
    yield shared("DIRection", choice("UP", "DOWN"), "direction")
    yield shared("RANGing", choice("BEST", "AUTO", "FIXed"), "ranging")


def sweep_commands(
    mnemonic: str, of: Callable[[MeterSettings], Quantity], level: Real
) -> Iterable[Command]:
    """Declare the sweeps of volts or of amps."""
    source, listed = f"SOURce#:{mnemonic}", f"SOURce#:LIST:{mnemonic}"

    def sweep(meter: SourceMeter) -> Sweep:
        return of(meter.settings).sweep

    def of_sweep(header: str, kind: Kind[Any], name: str) -> Command:
        return setting(
            f"{source}:{header}",
            kind,
            lambda m: getattr(sweep(m), name),
            lambda m, value: setattr(sweep(m), name, value),
        )

    def put_list(meter: SourceMeter, *levels: float) -> None:
        sweep(meter).levels = list(levels)

    yield of_sweep("MODE", choice("FIXed", "SWEep", "LIST"), "mode")
    yield of_sweep("STARt", level, "start")
    yield of_sweep("STOP", level, "stop")
    yield setting(
        f"{source}:STEP",
        level,
        lambda m: sweep(m).step(m.settings.spacing),
        lambda m, step: sweep(m).set_step(m.settings.spacing, step),
    )
    yield Command(
        listed,
        lambda m: ",".join(level.format(value) for value in sweep(m).levels),
        put_list,
        command_parameters=(level,) * _LONGEST_LIST,
        command_optional=_LONGEST_LIST - 1,
    )
    yield event(
        f"{listed}:APPend",
        lambda m, *levels: sweep(m).append(levels),
        *(level,) * _LONGEST_LIST,
        optional=_LONGEST_LIST - 1,
    )
    yield query(f"{listed}:POINts", Integer(), lambda m: len(sweep(m).levels))
