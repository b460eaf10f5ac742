"""Keysight 33622A waveform generator: pulses, continuous or in triggered bursts, on two channels.

The channels are those of the 81160A with other limits: 10 mV to 10 Vpp into 50 Ω, widths from
5 ns, edges from 2.9 ns to 1 µs. Of the shapes, pulse and DC are simulated, sine and square after
`*RST` only. The channels cannot be combined.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, on_part, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Real, choice
from .keysight_81160a.channel import Channel
from .keysight_81160a.declarations import derived, field
from .keysight_81160a.settings import ChannelSettings

DEFAULTS = ChannelSettings(
    high_V=0.05,
    low_V=-0.05,
    period_s=1e-3,
    width_s=100e-6,
    lead_s=10e-9,
    trail_s=10e-9,
    smallest_amplitude_V=0.001,
    largest_amplitude_V=10.0,
)
_EDGE = Real("S", 2.9e-9, 1e-6, 10e-9)
_LEVEL = Real("V", -5.0, 5.0)


class Keysight33622A:
    """The generator: channel 1 is wired to the amplifier, channel 2 to nothing."""

    def __init__(self, circuit: Circuit) -> None:
        self.channels = (Channel(circuit, DEFAULTS), Channel(None, DEFAULTS))

    def reset(self) -> None:
        """Return to the settings after `*RST`: a sine of 0.1 Vpp, outputs off."""
        for channel in self.channels:
            channel.reset()

    def channel(self, number: int) -> Channel:
        """Return channel 1 or 2; raises -114 for another suffix."""
        if number not in (1, 2):
            raise ScpiError(-114, "Header suffix out of range", str(number))
        return self.channels[number - 1]

    def settle(self) -> None:
        """Apply the message just executed to the outputs; raises the last conflict."""
        conflict = None
        for channel in self.channels:
            try:
                channel.settle()
            except ScpiError as error:
                conflict = error
        if conflict is not None:
            raise conflict

    def trigger(self) -> None:
        """Start the burst of each channel that waits for the bus (`*TRG`)."""
        self.settle()
        waiting = [c for c in self.channels if c.settings.arm_source == "BUS"]
        if not waiting:
            raise ScpiError(-211, "Trigger ignored", "no channel waits for the bus")
        for channel in waiting:
            channel.trigger()


def armed(settings: ChannelSettings, **changes: Any) -> ChannelSettings:
    """Return changed settings: a burst waits for its trigger source, without one it repeats."""
    changed = replace(settings, **changes)
    source = {"IMM": "INT2"}.get(changed.trigger_source, changed.trigger_source)
    return replace(changed, arm_source=source if changed.burst else "IMM")


def one_value(header: str, value: str) -> Command:
    """Declare a setting of which only one value is simulated; another is -224."""
    return setting(header, choice(value), lambda _: value, lambda _part, _value: None)


def both_edges(settings: ChannelSettings, edge_s: float) -> ChannelSettings:
    """Return changed settings, with one time for both edges."""
    return replace(settings, lead_s=edge_s, trail_s=edge_s)


def with_amplitude(settings: ChannelSettings, amplitude_V: float) -> ChannelSettings:
    """Return changed settings, with another amplitude."""
    return settings.with_amplitude(amplitude_V)


_Change = Callable[[ChannelSettings, Any], ChannelSettings]


def level(header: str, get: Callable[[ChannelSettings], float], put: _Change) -> Command:
    """Declare a level of the channel, in volts into 50 Ω."""
    return derived(header, _LEVEL, get, put)


_PULSE = "[SOURce#:]FUNCtion:PULSe"
_BURST = "[SOURce#:]BURSt"

CHANNEL_COMMANDS = (
    field("OUTPut#[:STATe]", Boolean(), "output"),
    field("OUTPut#:POLarity", choice("NORMal", "INVerted"), "polarity"),
    field("OUTPut#:LOAD", Real("OHM", 1.0, 1e4, 50.0), "load_ohm"),
    one_value("OUTPut#:MODE", "NORMal"),
    field("[SOURce#:]FUNCtion", choice("SINusoid", "SQUare", "PULSe", "DC"), "shape"),
    derived(
        "[SOURce#:]VOLTage",
        Real("V", 0.001, 10.0, 0.1),
        lambda s: s.amplitude_V,
        with_amplitude,
    ),
    level("[SOURce#:]VOLTage:OFFSet", lambda s: s.offset_V, ChannelSettings.with_offset),
    level("[SOURce#:]VOLTage:HIGH", lambda s: s.high_V, ChannelSettings.with_high),
    level("[SOURce#:]VOLTage:LOW", lambda s: s.low_V, ChannelSettings.with_low),
    one_value("[SOURce#:]VOLTage:UNIT", "VPP"),
    field("[SOURce#:]VOLTage:LIMit:STATe", Boolean(), "limits"),
    setting("[SOURce#:]VOLTage:RANGe:AUTO", Boolean(), lambda _: True, lambda _c, _on: None),
    one_value("[SOURce#:]COMBine:FEED", "NONE"),
    derived(
        f"{_PULSE}:PERiod",
        Real("S", 10e-9, 1e6, 1e-3),
        lambda s: s.period_s,
        ChannelSettings.with_period,
    ),
    field(f"{_PULSE}:WIDTh", Real("S", 5e-9, 1e6, 100e-6), "width_s"),
    field(f"{_PULSE}:HOLD", choice("WIDTh", "DCYCle"), "hold"),
    derived(f"{_PULSE}:TRANsition:BOTH", _EDGE, lambda s: s.lead_s, both_edges),
    field(f"{_PULSE}:TRANsition:LEADing", _EDGE, "lead_s"),
    field(f"{_PULSE}:TRANsition:TRAiling", _EDGE, "trail_s"),
    derived(f"{_BURST}:STATe", Boolean(), lambda s: s.burst, lambda s, on: armed(s, burst=on)),
    field(f"{_BURST}:MODE", choice("TRIGgered", "GATed"), "burst_mode"),
    field(f"{_BURST}:NCYCles", Integer(1, 100_000_000, 1), "cycles"),
    field(f"{_BURST}:PHASe", Real("DEG", -360.0, 360.0, 0.0), "phase_deg"),
    field(f"{_BURST}:INTernal:PERiod", Real("S", 1e-6, 8000.0, 1e-2), "burst_period_s"),
    derived(
        "TRIGger#:SOURce",
        choice("IMMediate", "EXTernal", "TIMer", "BUS"),
        lambda s: s.trigger_source,
        lambda s, source: armed(s, trigger_source=source),
    ),
    field("TRIGger#:DELay", Real("S", 0.0, 1000.0, 0.0), "delay_s"),
)

MODEL = Model(
    name="33622A",
    identity="Keysight Technologies,33622A,MY53800123,A.02.03-3.15-03-64-02",
    commands=CommandSet(
        (
            *common_commands(Keysight33622A.trigger),
            *system_commands(),
            *on_part(Keysight33622A.channel, CHANNEL_COMMANDS),
        )
    ),
    build=Keysight33622A,
    no_error='+0,"No error"',
    settle=Keysight33622A.settle,
)
