"""Keysight 81160A pulse function generator: its commands over two pulse-generator channels."""

from ...circuit.circuit import Circuit
from ...errors import ScpiError
from ...scpi.commands import Command, event, on_part, setting
from ...scpi.instrument import Model, common_commands, setup_commands, system_commands
from ...scpi.parser import CommandSet
from ...scpi.values import Boolean, Raw
from .channel import Channel
from .channel_commands import CHANNEL_COMMANDS
from .settings import ChannelSettings


class Keysight81160A:
    """The generator: channel 1 is wired to the amplifier, channel 2 to nothing."""

    def __init__(self, circuit: Circuit, defaults: ChannelSettings | None = None) -> None:
        self.channels = (Channel(circuit, defaults), Channel(None, defaults))
        self.coupled_from: Channel | None = None

    def reset(self) -> None:
        """Return to the settings after `*RST`: 1 Vpp sine of 1 MHz, output off."""
        self.coupled_from = None
        for channel in self.channels:
            channel.reset()

    def setup(self) -> tuple[tuple[ChannelSettings, ...], Channel | None]:
        """Return all settings, for `recall`."""
        return tuple(channel.settings for channel in self.channels), self.coupled_from

    def recall(self, kept: tuple[tuple[ChannelSettings, ...], Channel | None]) -> None:
        """Return to kept settings, those of the outputs included."""
        settings, self.coupled_from = kept
        for channel, channel_settings in zip(self.channels, settings, strict=True):
            channel.program(channel_settings)

    def channel(self, number: int) -> Channel:
        """Return channel 1 or 2; raises -114 for another suffix."""
        if number not in (1, 2):
            raise ScpiError(-114, "Header suffix out of range", str(number))
        return self.channels[number - 1]

    def settle(self) -> None:
        """Apply the message just executed to the outputs."""
        if self.coupled_from is not None:
            for channel in self.channels:
                channel.program(self.coupled_from.settings)
        first = None
        for channel in self.channels:
            try:
                channel.settle()
            except ScpiError as error:
                first = first or error
        if first is not None:
            raise first

    def trigger(self) -> None:
        """Start the bursts of all channels armed for a trigger (`*TRG`)."""
        self.settle()
        waiting = [c for c in self.channels if c.settings.arm_source not in ("IMM", "INT2")]
        if not waiting:
            raise ScpiError(-211, "Trigger ignored", "no channel waits for a trigger")
        for channel in waiting:
            channel.trigger()

    def couple(self, number: int, on: bool) -> None:
        """Couple both channels to channel `number`, or uncouple them."""
        self.coupled_from = self.channels[number - 1] if on else None


def _coupling(number: int) -> Command:
    header = f"TRACk:CHANnel{number}"

    def follows(generator: Keysight81160A) -> bool:
        return generator.coupled_from is generator.channels[number - 1]

    return setting(header, Boolean(), follows, lambda g, on: g.couple(number, on))


COMMAND_TABLE = (
    *common_commands(Keysight81160A.trigger),
    *system_commands(),
    *setup_commands(0, 4),
    *on_part(Keysight81160A.channel, CHANNEL_COMMANDS),
    _coupling(1),
    _coupling(2),
    event("SYSTem:BEEPer[:IMMediate]", lambda _: None),
    event("DISPlay[:WINDow]:TEXT[:DATA]", lambda _g, _text: None, Raw()),
    event("DISPlay[:WINDow]:TEXT:CLEar", lambda _: None),
    setting("DISPlay[:WINDow][:STATe]", Boolean(), lambda _: True, lambda _g, _on: None),
)

MODEL = Model(
    name="81160A",
    identity="Agilent Technologies,81160A,VB00000001,1.0.3.0-2.6",
    commands=CommandSet(COMMAND_TABLE),
    build=Keysight81160A,
    no_error='+0,"No error"',
    settle=Keysight81160A.settle,
)
