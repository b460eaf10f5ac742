"""Keysight (Agilent) 33250A waveform generator: pulses, continuous or in triggered bursts.

One channel, whose commands take no number: widths from 8 ns, edges of 5 ns to 1 ms, both alike,
10 mV to 10 Vpp into 50 Ω. Of the shapes, pulse and DC are simulated, sine and square after `*RST`
only.
"""

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import on_part, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Real, choice
from .keysight_33622a import armed, both_edges, level, one_value, with_amplitude
from .keysight_81160a.channel import Channel
from .keysight_81160a.declarations import derived, field
from .keysight_81160a.settings import ChannelSettings

DEFAULTS = ChannelSettings(
    high_V=0.05,
    low_V=-0.05,
    period_s=1e-3,
    width_s=100e-6,
    lead_s=5e-9,
    trail_s=5e-9,
    smallest_amplitude_V=0.01,
    largest_amplitude_V=10.0,
)


class Keysight33250A:
    """The generator, wired to the amplifier."""

    def __init__(self, circuit: Circuit) -> None:
        self.channel = Channel(circuit, DEFAULTS)

    def reset(self) -> None:
        """Return to the settings after `*RST`: a sine of 0.1 Vpp, output off."""
        self.channel.reset()

    def only_channel(self, _number: int) -> Channel:
        """Return the channel, whose commands have no suffix."""
        return self.channel

    def settle(self) -> None:
        """Apply the message just executed to the output; raises a conflict."""
        self.channel.settle()

    def trigger(self) -> None:
        """Start the burst that waits for the bus (`*TRG`)."""
        self.channel.settle()
        if self.channel.settings.arm_source != "BUS":
            raise ScpiError(-211, "Trigger ignored", "no burst waits for the bus")
        self.channel.trigger()


CHANNEL_COMMANDS = (
    field("OUTPut[:STATe]", Boolean(), "output"),
    field("OUTPut:POLarity", choice("NORMal", "INVerted"), "polarity"),
    field("OUTPut:LOAD", Real("OHM", 1.0, 1e4, 50.0), "load_ohm"),
    field("FUNCtion[:SHAPe]", choice("SINusoid", "SQUare", "PULSe", "DC"), "shape"),
    derived("VOLTage", Real("V", 0.01, 10.0, 0.1), lambda s: s.amplitude_V, with_amplitude),
    level("VOLTage:OFFSet", lambda s: s.offset_V, ChannelSettings.with_offset),
    level("VOLTage:HIGH", lambda s: s.high_V, ChannelSettings.with_high),
    level("VOLTage:LOW", lambda s: s.low_V, ChannelSettings.with_low),
    one_value("VOLTage:UNIT", "VPP"),
    setting("VOLTage:RANGe:AUTO", Boolean(), lambda _: True, lambda _c, _on: None),
    derived(
        "PULSe:PERiod",
        Real("S", 20e-9, 2000.0, 1e-3),
        lambda s: s.period_s,
        ChannelSettings.with_period,
    ),
    field("PULSe:WIDTh", Real("S", 8e-9, 2000.0, 100e-6), "width_s"),
    derived("PULSe:TRANsition", Real("S", 5e-9, 1e-3, 5e-9), lambda s: s.lead_s, both_edges),
    derived("BURSt:STATe", Boolean(), lambda s: s.burst, lambda s, on: armed(s, burst=on)),
    field("BURSt:MODE", choice("TRIGgered", "GATed"), "burst_mode"),
    field("BURSt:NCYCles", Integer(1, 1_000_000, 1), "cycles"),
    field("BURSt:PHASe", Real("DEG", -360.0, 360.0, 0.0), "phase_deg"),
    field("BURSt:INTernal:PERiod", Real("S", 1e-6, 500.0, 1e-2), "burst_period_s"),
    derived(
        "TRIGger:SOURce",
        choice("IMMediate", "EXTernal", "BUS"),
        lambda s: s.trigger_source,
        lambda s, source: armed(s, trigger_source=source),
    ),
    field("TRIGger:DELay", Real("S", 0.0, 85.0, 0.0), "delay_s"),
)

MODEL = Model(
    name="33250A",
    identity="Agilent Technologies,33250A,0,2.01-1.01-2.00-03-2",
    commands=CommandSet(
        (
            *common_commands(Keysight33250A.trigger),
            *system_commands(),
            *on_part(Keysight33250A.only_channel, CHANNEL_COMMANDS),
        )
    ),
    build=Keysight33250A,
    no_error='+0,"No error"',
    settle=Keysight33250A.settle,
)
