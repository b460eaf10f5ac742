"""The commands of the Keithley 2400 that volts, amps and ohms share."""

from collections.abc import Callable, Iterable
from typing import Any

from ...scpi.commands import Command, query, setting
from ...scpi.values import Boolean, Kind, Real, short_form
from .settings import SHOWN_RANGE, MeterSettings, Quantity
from .source_meter import SourceMeter
from .sweep_commands import sweep_commands


def field(header: str, kind: Kind[Any], name: str) -> Command:
    """Declare a setting that is one field of the meter's settings."""

    def put(meter: SourceMeter, value: Any) -> None:
        setattr(meter.settings, name, value)

    return setting(header, kind, lambda meter: getattr(meter.settings, name), put)


def quantity_commands(
    mnemonic: str, of: Callable[[MeterSettings], Quantity], unit: str, largest: float
) -> Iterable[Command]:
    """Declare the commands that volts, amps and ohms share."""
    span = Real(unit, -largest, largest, 0.0)

    def act(method: Callable[[Quantity, Any], None]) -> Callable[[SourceMeter, Any], None]:
        def put(meter: SourceMeter, value: Any) -> None:
            method(of(meter.settings), value)
            meter.apply()

        return put

    def assign(name: str) -> Callable[[SourceMeter, Any], None]:
        return act(lambda quantity, value: setattr(quantity, name, value))

    def set_range(meter: SourceMeter, value: float) -> None:
        meter.settings.set_measuring_range(short_form(mnemonic), value)
        meter.apply()

    sense = f"[:SENSe#]:{mnemonic}[:DC]"
    yield setting(
        f"{sense}:RANGe[:UPPer]", span, lambda m: of(m.settings).range * SHOWN_RANGE, set_range
    )
    yield setting(f"{sense}:RANGe:AUTO", Boolean(), lambda m: of(m.settings).auto, assign("auto"))
    yield field(f"{sense}:NPLCycles", Real("", 0.01, 10.0, 1.0), "nplc")
    if mnemonic == "RESistance":
        return
    yield setting(
        f"{sense}:PROTection[:LEVel]",
        span,
        lambda m: of(m.settings).protection,
        act(Quantity.set_protection),
    )
    yield query(
        f"{sense}:PROTection:TRIPped", Boolean(), lambda m: m.is_tripped(short_form(mnemonic))
    )
    source = f"SOURce#:{mnemonic}"
    yield setting(
        f"{source}[:LEVel][:IMMediate][:AMPLitude]",
        span,
        lambda m: of(m.settings).level,
        act(Quantity.set_level),
    )
    yield setting(
        f"{source}:RANGe",
        span,
        lambda m: of(m.settings).source_range * SHOWN_RANGE,
        act(Quantity.set_source_range),
    )
    yield setting(
        f"{source}:RANGe:AUTO",
        Boolean(),
        lambda m: of(m.settings).source_auto,
        assign("source_auto"),
    )
    yield from sweep_commands(mnemonic, of, span)
